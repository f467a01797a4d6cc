import middy from "@middy/core";
import { ENGINE_PROBLEMS, type Problems } from "./engine-names.ts";
import { describeError, stackOf } from "./error-text.ts";
import {
  type BodyRules,
  type HttpRequest,
  isProxyEvent,
  type ProxyEvent,
  requestOf,
} from "./http-request.ts";
import { writeToStdout } from "./metrics.ts";
import { Problem, type ProblemExtras } from "./problem.ts";
import type { ProblemCode } from "./register.ts";

export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handlers by `"<METHOD> <resource>"`, as in `"GET /orders/{orderId}"`. */
export type Routes<Name extends string = string> = Readonly<
  Record<Name, (request: HttpRequest) => Promise<HttpReply>>
>;

const NO_HTTP_EVENT =
  "The event is not one of API Gateway with proxy integration or of a function's URL. Call the API, or use the test event template apigateway-aws-proxy.";

/** The Lambda handler of an API function. */
export interface HttpHandler {
  (event: unknown, context?: object): Promise<ProxyResult>;
  /** Adds a middy middleware. */
  use(middleware: HttpMiddleware): HttpHandler;
}

/** A middy middleware around a request. The types of middy need those of other packages. */
export interface HttpMiddleware {
  before?(request: HttpInvocation): unknown;
  after?(request: HttpInvocation): unknown;
  onError?(request: HttpInvocation): unknown;
}

export interface HttpInvocation {
  event: unknown;
  context: object;
  response: unknown;
  error: Error | null | undefined;
}

export interface HttpOptions extends BodyRules {
  /** The problems of the service beside those of the engine; one of the same code replaces it. */
  readonly problems?: Problems;
  /** The `type` of a problem, a URI; without it the member is left out. */
  readonly problemType?: (code: string) => string;
  /** Takes a line for each unexpected error. Default: standard output. */
  readonly write?: (text: string) => void;
}

/** An API of these options. */
interface Api {
  readonly problems: Problems;
  readonly problemType: ((code: string) => string) | undefined;
  readonly write: (text: string) => void;
}

/**
 * The Lambda handler of an API function behind a REST API, an HTTP API (payload format 1.0 or 2.0) or its own URL. Every
 * response but success is problem details (RFC 9457) with a stable code and the request's id. An unexpected error is a 500
 * without detail; the detail is logged.
 */
export function http(routes: Routes, options: HttpOptions = {}): HttpHandler {
  const { problemType, write = writeToStdout } = options;
  const api: Api = { problems: { ...ENGINE_PROBLEMS, ...options.problems }, problemType, write };
  const handler = middy<unknown, ProxyResult>({ timeoutEarlyInMillis: 0 }).handler(async (given) => {
    const event = await inFormat1(given, routes);
    if (!isProxyEvent(event)) return problem(api, "INVALID_REQUEST", "none", { detail: NO_HTTP_EVENT });
    try {
      const name = `${event.httpMethod} ${event.resource}`;
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
      if (route === undefined) throw new Problem("NOT_FOUND");
      const { status, body, headers } = await route(requestOf(event, options));
      return deliverable({
        statusCode: status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    } catch (error) {
      return failure(api, event, error);
    }
  });
  return handler as unknown as HttpHandler;
}

/** An event of payload format 2.0 in format 1.0; its code is loaded with the first such event. Any other event as it is. */
async function inFormat1(event: unknown, routes: Routes): Promise<unknown> {
  if ((event as { version?: unknown } | null | undefined)?.version !== "2.0") return event;
  const { isEventV2, proxyEventOf } = await import("./http-event-v2.ts");
  return isEventV2(event) ? proxyEventOf(event, Object.keys(routes)) : event;
}

/** Largest response of a function, in bytes. */
const RESPONSE_BYTES = 6 * 1_024 * 1_024;
/** Most bytes of one character of the body, which is escaped once more in the function's response. */
const BYTES_OF_CHARACTER = 6;

/** Throws where Lambda would refuse the response, and the gateway would answer 502 without a line in any log. */
function deliverable(result: ProxyResult): ProxyResult {
  if (result.body.length * BYTES_OF_CHARACTER < RESPONSE_BYTES) return result;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= RESPONSE_BYTES) return result;
  throw new Error(`The response has ${bytes} bytes; a function may return ${RESPONSE_BYTES}.`);
}

function failure(api: Api, event: ProxyEvent, error: unknown): ProxyResult {
  const { requestId } = event.requestContext;
  if (error instanceof Problem && Object.hasOwn(api.problems, error.code)) {
    return problem(api, error.code, requestId, error.extras);
  }
  const { errorName, errorMessage } = describeError(error);
  const isOut = isOutage(error);
  const stack = stackOf(error);
  const line = {
    level: "error",
    at: event.resource,
    requestId,
    outage: isOut,
    errorName,
    errorMessage,
    stack,
  };
  api.write(`${JSON.stringify(line)}\n`);
  if (!isOut) return problem(api, "INTERNAL", requestId, {});
  return problem(api, "UNAVAILABLE", requestId, {
    detail: "Repeat the request. An effect that it already had is not repeated.",
    retryAfterSeconds: 5,
  });
}

function problem(api: Api, code: ProblemCode, requestId: string, extras: ProblemExtras): ProxyResult {
  const { status, title } = api.problems[code] ?? ENGINE_PROBLEMS.INTERNAL;
  const { detail, pointer, errors, retryAfterSeconds } = extras;
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type: api.problemType?.(code),
      title,
      status,
      code,
      detail,
      pointer,
      errors,
      requestId,
    }),
  };
}

const OUTAGE_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
]);
const OUTAGE_NAMES: ReadonlySet<unknown> = new Set([
  "TimeoutError",
  "ThrottlingException",
  "RequestLimitExceeded",
  "ProvisionedThroughputExceededException",
  "TransactionConflictException",
  "TransactionCanceledException",
]);

/** Whether an error is transient: a time-out, a throttle, a conflict or a fault of a service. Never throws. */
export function isOutage(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { name, code, $metadata } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return OUTAGE_NAMES.has(name) || OUTAGE_CODES.has(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
