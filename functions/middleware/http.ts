import middy from "@middy/core";
import { PROBLEMS, type ProblemCode } from "../contract/errors.ts";
import type { Validate } from "../contract/validators.js";
import { describeError } from "./error-text.ts";
import { jsonBody } from "./http-body.ts";
import { isOutage } from "./outage.ts";
import { Problem, type ProblemExtras } from "./problem.ts";

/** The part of API Gateway's proxy event (REST, v1) that is read. */
export interface ProxyEvent {
  readonly httpMethod: string;
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly path: string;
    readonly identity?: { readonly userArn?: string | null };
  };
}

export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpRequest {
  readonly requestId: string;
  /** The path as the client sees it, stage included. */
  readonly path: string;
  /** A path parameter, decoded; the empty string where there is none. */
  parameter(name: string): string;
  /** Who signed the request, as an ARN; `local` on one machine, where nobody signs. */
  readonly caller: string;
  /** The parameters after the question mark, each with all its values. */
  readonly query: Readonly<Record<string, readonly string[] | undefined>>;
  /** All values of a header, whatever its case. */
  header(name: string): readonly string[];
  /** The validated body. Throws a Problem. */
  json<T>(isValid: Validate<T>): T;
}

export interface HttpReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `"<METHOD> <resource>"`, as in `"GET /orders/{orderId}"`, to what answers it. */
export type Routes = Readonly<Record<string, (request: HttpRequest) => Promise<HttpReply>>>;

/**
 * The Lambda handler of an API function. Every answer other than success is problem details (RFC 9457) with a
 * stable code and the request's id; what nobody foresaw is a 500 that tells nothing, and a log line that does.
 */
export function http(routes: Routes, write: (text: string) => void) {
  return middy<ProxyEvent, ProxyResult>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
    try {
      const route = routes[`${event.httpMethod} ${event.resource}`];
      if (route === undefined) throw new Problem("NOT_FOUND");
      const { status, body, headers } = await route(requestOf(event));
      return {
        statusCode: status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      };
    } catch (error) {
      return failure(event, error, write);
    }
  });
}

function requestOf(event: ProxyEvent): HttpRequest {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    headers.set(name.toLowerCase(), values ?? []);
  }
  const header = (name: string) => headers.get(name.toLowerCase()) ?? [];
  return {
    requestId: event.requestContext.requestId,
    path: event.requestContext.path,
    caller: event.requestContext.identity?.userArn ?? "local",
    query: event.multiValueQueryStringParameters ?? {},
    parameter: (name) => decoded(event.pathParameters?.[name] ?? ""),
    header,
    json: (isValid) =>
      jsonBody(
        { body: event.body, isBase64Encoded: event.isBase64Encoded, contentType: header("content-type")[0] },
        isValid,
      ),
  };
}

/** REST APIs hand path parameters on as they stood in the URL; what does not decode is taken as it is. */
function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
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
  const { detail, pointer, retryAfterSeconds } = extras;
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: JSON.stringify({ type: "about:blank", title, status, code, detail, pointer, requestId }),
  };
}
