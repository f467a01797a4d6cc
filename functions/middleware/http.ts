import middy from "@middy/core";
import { PROBLEMS, type ProblemCode, problemType } from "../contract/errors.ts";
import { LIMITS } from "../contract/limits.ts";
import { describeError } from "./error-text.ts";
import { type HttpRequest, isProxyEvent, type ProxyEvent, requestOf } from "./http-request.ts";
import { isOutage } from "./outage.ts";
import { Problem, type ProblemExtras } from "./problem.ts";

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

/** `"<METHOD> <resource>"`, as in `"GET /orders/{orderId}"`, to what answers it. */
export type Routes = Readonly<Record<string, (request: HttpRequest) => Promise<HttpReply>>>;

const NO_PROXY_EVENT =
  "The event is not one of an API Gateway REST API with proxy integration. Call the API, or use the test event template apigateway-aws-proxy.";

/**
 * The Lambda handler of an API function. Every answer other than success is problem details (RFC 9457) with a
 * stable code and the request's id; an unexpected error is a 500 without detail and a log line with it.
 */
export function http(routes: Routes, write: (text: string) => void) {
  return middy<unknown, ProxyResult>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
    if (!isProxyEvent(event)) return problem("INVALID_REQUEST", "none", { detail: NO_PROXY_EVENT });
    try {
      const name = `${event.httpMethod} ${event.resource}`;
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
      if (route === undefined) throw new Problem("NOT_FOUND");
      const { status, body, headers } = await route(requestOf(event));
      return deliverable({
        statusCode: status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    } catch (error) {
      return failure(event, error, write);
    }
  });
}

/** Escaped once more, as a part of the function's response, a character of the body takes at most so many bytes. */
const BYTES_OF_CHARACTER = 6;

/** Throws where Lambda would refuse the response, and the gateway would answer 502 without a line in any log. */
function deliverable(result: ProxyResult): ProxyResult {
  if (result.body.length * BYTES_OF_CHARACTER < LIMITS.responseBytes) return result;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= LIMITS.responseBytes) return result;
  throw new Error(`The response has ${bytes} bytes; a function may return ${LIMITS.responseBytes}.`);
}

function failure(event: ProxyEvent, error: unknown, write: (text: string) => void): ProxyResult {
  const { requestId } = event.requestContext;
  if (error instanceof Problem) return problem(error.code, requestId, error.extras);
  const { errorName, errorMessage } = describeError(error);
  const isOut = isOutage(error);
  const line = { level: "error", at: event.resource, requestId, outage: isOut, errorName, errorMessage };
  write(`${JSON.stringify(line)}\n`);
  if (!isOut) return problem("INTERNAL", requestId, {});
  return problem("UNAVAILABLE", requestId, {
    detail: "Nothing was changed that a repeat of this request would change again. Send it again.",
    retryAfterSeconds: 5,
  });
}

function problem(code: ProblemCode, requestId: string, extras: ProblemExtras): ProxyResult {
  const { status, title } = PROBLEMS[code];
  const { detail, pointer, errors, retryAfterSeconds } = extras;
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type: problemType(code),
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
