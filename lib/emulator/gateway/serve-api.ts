import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiSpec } from "../assembly/model.ts";
import { accessKeyOf } from "../calls/aws-call.ts";
import { elapsed } from "../elapsed.ts";
import { readBody } from "../request-body.ts";
import type { Clock, FunctionHost, InvokeResult } from "../types.ts";
import type { ApiKind, GatewayErrorType, HttpAnswer } from "./api-kind.ts";
import { httpApi } from "./http-api.ts";
import { requestTarget } from "./request-target.ts";
import { restApi } from "./rest-api.ts";
import { makeThrottle } from "./throttle.ts";

const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export interface ApiOptions {
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
  /** Whether the caller with an access key may send a request, by its method and path. Unsigned requests are served. */
  readonly permits?: (accessKeyId: string, request: string) => Promise<boolean>;
  /** Where a browser is led that opens `/` of an API without such a route. */
  readonly home?: string;
}

export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** An answer of the gateway itself has the code of its reason. */
type Answer = HttpAnswer & { readonly refusal?: string };

/** Serves an API of the templates. */
export function serveApi(options: ApiOptions): RequestListener {
  const { api, host, clock } = options;
  const kind: ApiKind = api.kind === "rest" ? restApi(api) : httpApi(api);
  const { mostRunning = Number.POSITIVE_INFINITY } = options;
  let running = 0;
  const passes = makeThrottle(api.throttle, elapsed);

  const answerTo = async (incoming: IncomingMessage, requestId: string): Promise<Answer> => {
    const error = (type: GatewayErrorType) => ({ ...kind.error(type, requestId), refusal: type });
    const target = requestTarget(incoming.url);
    const own = kind.ownAnswer(incoming, target);
    if (own !== undefined) return own;
    const match = kind.match(incoming.method ?? "GET", target.path);
    if (match === undefined) {
      const isVisit = incoming.method === "GET" && target.path === "/" && wantsHtml(incoming);
      return isVisit && options.home !== undefined
        ? { status: 302, headers: { Location: options.home }, body: "" }
        : error("MISSING_AUTHENTICATION_TOKEN");
    }
    if (match.route.isByIam === true && (await refusesCaller(incoming, target.path)))
      return error("ACCESS_DENIED");
    if (match.route.isRefused === true) return error("API_CONFIGURATION_ERROR");
    if (!passes()) return error("THROTTLED");
    if (!READS.has(incoming.method ?? "GET") && options.isFull?.() === true)
      return ownProblem("DISK_FULL", requestId);
    if (running > mostRunning) return ownProblem("EMULATOR_BUSY", requestId);
    const body = await readBody(incoming);
    if (body === undefined) return error("REQUEST_TOO_LARGE");
    const at = new Date(clock.now());
    const event = kind.event(incoming, target, { requestId, at, match, body });
    const timeoutMs = options.timeoutMs ?? kind.timeoutMs;
    const result = await within(timeoutMs, host.invoke(match.route.functionName, event));
    if (result === undefined) return error("INTEGRATION_TIMEOUT");
    if (result.kind === "throttled") return ownProblem("EMULATOR_BUSY", requestId);
    const answer = result.kind === "ok" ? kind.answer(result.payload, incoming, match) : undefined;
    return answer ?? error("DEFAULT_5XX");
  };

  const refusesCaller = async ({ method = "GET", headers }: IncomingMessage, path: string) => {
    const accessKeyId = accessKeyOf(headers.authorization);
    if (options.permits === undefined || accessKeyId === undefined) return false;
    return !(await options.permits(accessKeyId, `${method}${path}`));
  };

  return async (incoming, outgoing) => {
    const started = elapsed.now();
    const requestId = randomUUID();
    running += 1;
    const answer = await answerTo(incoming, requestId).finally(() => {
      running -= 1;
    });
    if (answer.refusal !== undefined && (answer.status === 429 || answer.status >= 500)) {
      options.onRefusal?.(`${answer.status} ${answer.refusal}`);
    }
    // Unread bytes of the request would block the next one on its connection.
    incoming.resume();
    outgoing.writeHead(answer.status, {
      ...kind.headers(answer.headers, incoming),
      // A response without a body must not announce one.
      ...(answer.status === 204 ? {} : { "Content-Length": Buffer.byteLength(answer.body) }),
      [kind.requestIdHeader]: requestId,
    });
    outgoing.end(answer.body);
    options.onAnswer?.(answer.status, elapsed.now() - started);
  };
}

/** True for a browser's navigation, which gets a page instead of JSON. */
export const wantsHtml = (incoming: IncomingMessage): boolean =>
  incoming.headers.accept?.includes("text/html") === true;

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

function ownProblem(code: keyof typeof OWN_PROBLEMS, requestId: string): Answer {
  const [title, detail] = OWN_PROBLEMS[code];
  return {
    status: 503,
    headers: { "Content-Type": "application/problem+json", "Retry-After": "5", "x-amzn-ErrorType": code },
    body: JSON.stringify({ type: "about:blank", title, status: 503, code, detail, requestId }),
    refusal: code,
  };
}

async function within(ms: number, invocation: Promise<InvokeResult>): Promise<InvokeResult | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return Promise.race([invocation, promise]).finally(() => clearTimeout(timer));
}
