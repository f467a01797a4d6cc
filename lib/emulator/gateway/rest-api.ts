import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiSpec } from "../assembly/model.ts";
import { elapsed } from "../elapsed.ts";
import type { Clock, FunctionHost, InvokeResult } from "../types.ts";
import { type GatewayErrorType, gatewayError } from "./gateway-error.ts";
import { makeRouter } from "./match-route.ts";
import { isBinary, proxyEvent } from "./proxy-event.ts";
import { type HttpAnswer, proxyResponse } from "./proxy-response.ts";
import { requestTarget } from "./request-target.ts";
import { makeThrottle } from "./throttle.ts";

/** API Gateway's limit of a request body; the functions have a lower one. */
const MAX_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export interface RestApiOptions {
  readonly api: ApiSpec;
  readonly host: Pick<FunctionHost, "invoke">;
  /** The time of the request in the event. */
  readonly clock: Clock;
  /** True while nothing can be stored; called for each request that may change something. */
  readonly isFull?: () => boolean;
  /** Requests at a time; further ones are refused. */
  readonly mostRunning?: number;
  /** Called for each request that the gateway itself refused with 429 or 5xx: `429 THROTTLED`. */
  readonly onRefusal?: (what: string) => void;
  /** Called after each response, for the metrics of the gateway. */
  readonly onAnswer?: (status: number, latencyMs: number) => void;
  readonly timeoutMs?: number;
}

export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Serves the REST API of the templates: routes to functions, and errors by the template's GatewayResponses. */
export function serveRestApi(options: RestApiOptions): RequestListener {
  const { api, host, clock } = options;
  const route = makeRouter(api.routes);
  const { mostRunning = Number.POSITIVE_INFINITY } = options;
  let running = 0;
  const passes = makeThrottle(api.throttle, elapsed);

  const answerTo = async (incoming: IncomingMessage, requestId: string): Promise<HttpAnswer> => {
    const error = (type: GatewayErrorType) => gatewayError(api.responses, type, requestId);
    const target = requestTarget(incoming.url);
    const match = route(incoming.method ?? "GET", target.path);
    if (match === undefined) return error("MISSING_AUTHENTICATION_TOKEN");
    if (!passes()) return error("THROTTLED");
    if (!READS.has(incoming.method ?? "GET") && options.isFull?.() === true)
      return ownProblem("DISK_FULL", requestId);
    if (running > mostRunning) return ownProblem("EMULATOR_BUSY", requestId);
    const body = await readBody(incoming);
    if (body === undefined) return error("REQUEST_TOO_LARGE");
    const { stageName, binaryMediaTypes } = api;
    const at = new Date(clock.now());
    const event = proxyEvent(incoming, target, { requestId, at, stageName, match, body, binaryMediaTypes });
    const timeoutMs = options.timeoutMs ?? INTEGRATION_TIMEOUT_MS;
    const result = await within(timeoutMs, host.invoke(match.route.functionName, event));
    if (result === undefined) return error("INTEGRATION_TIMEOUT");
    if (result.kind === "throttled") return ownProblem("EMULATOR_BUSY", requestId);
    // The first type that the client accepts decides between bytes and text.
    const binary = isBinary(incoming.headers.accept?.split(",")[0], binaryMediaTypes);
    return (result.kind === "ok" ? proxyResponse(result.payload, binary) : undefined) ?? error("DEFAULT_5XX");
  };

  return async (incoming, outgoing) => {
    const started = elapsed.now();
    const requestId = randomUUID();
    running += 1;
    const answer = await answerTo(incoming, requestId).finally(() => {
      running -= 1;
    });
    const { "x-amzn-ErrorType": type } = answer.headers;
    if (typeof type === "string" && (answer.status === 429 || answer.status >= 500)) {
      options.onRefusal?.(`${answer.status} ${type}`);
    }
    // An unread body would block the next request on its connection.
    incoming.resume();
    outgoing.writeHead(answer.status, {
      ...answer.headers,
      "Content-Length": Buffer.byteLength(answer.body),
      "x-amzn-RequestId": requestId,
    });
    outgoing.end(answer.body);
    options.onAnswer?.(answer.status, elapsed.now() - started);
  };
}

/** Refusals of the emulator itself, without a counterpart in AWS. */
const OWN_PROBLEMS = {
  DISK_FULL: [
    "The disk of the emulator is full",
    "Nothing was changed. Free space on the disk of --data, then send the request again.",
  ],
  EMULATOR_BUSY: [
    "The emulator has more requests than it can serve",
    "The request reached no function. Send it again, or send fewer at a time.",
  ],
} as const;

function ownProblem(code: keyof typeof OWN_PROBLEMS, requestId: string): HttpAnswer {
  const [title, detail] = OWN_PROBLEMS[code];
  return {
    status: 503,
    headers: { "Content-Type": "application/problem+json", "Retry-After": "5", "x-amzn-ErrorType": code },
    body: JSON.stringify({ type: "about:blank", title, status: 503, code, detail, requestId }),
  };
}

/** The whole body, or undefined as soon as it is too large. */
export async function readBody(incoming: IncomingMessage, maxBytes = MAX_BYTES): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) return undefined;
  }
  return Buffer.concat(chunks);
}

async function within(ms: number, invocation: Promise<InvokeResult>): Promise<InvokeResult | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return Promise.race([invocation, promise]).finally(() => clearTimeout(timer));
}
