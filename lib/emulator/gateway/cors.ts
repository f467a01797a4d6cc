import type { IncomingMessage } from "node:http";
import type { CorsSpec } from "../assembly/model.ts";
import type { HttpAnswer } from "./api-kind.ts";

/**
 * The answer to a preflight request of an API with CORS, also without a route for it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function preflightAnswer(
  cors: CorsSpec | undefined,
  { method, headers }: IncomingMessage,
): HttpAnswer | undefined {
  const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
  if (cors === undefined || !isPreflight || headers.origin === undefined) return undefined;
  const { methods, headers: accepted, maxAgeSeconds } = cors;
  const granted: Record<string, string> = {
    ...(methods.length === 0 ? {} : { "access-control-allow-methods": methods.join(",") }),
    ...(accepted.length === 0 ? {} : { "access-control-allow-headers": accepted.join(",") }),
    ...(maxAgeSeconds === undefined ? {} : { "access-control-max-age": String(maxAgeSeconds) }),
  };
  return { status: 204, headers: allows(cors, headers.origin) ? granted : {}, body: "" };
}

/** A response with the headers of the API in place of the function's own. */
export function withCors(
  cors: CorsSpec | undefined,
  headers: HttpAnswer["headers"],
  { headers: { origin } }: Pick<IncomingMessage, "headers">,
): HttpAnswer["headers"] {
  if (cors === undefined || origin === undefined || !allows(cors, origin)) return headers;
  const own = Object.entries(headers).filter(
    ([name]) => !/^access-control-allow-(origin|credentials)$/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    "access-control-allow-origin": cors.origins.includes("*") ? "*" : origin,
    ...(cors.credentials ? { "access-control-allow-credentials": "true" } : {}),
    ...(cors.exposed.length === 0 ? {} : { "access-control-expose-headers": cors.exposed.join(",") }),
  };
}

/** `*`, `https://*` or an origin. */
export const allows = ({ origins }: Pick<CorsSpec, "origins">, origin: string): boolean =>
  origins.some((each) =>
    each.endsWith("*") ? origin.startsWith(each.slice(0, -1)) : each.toLowerCase() === origin.toLowerCase(),
  );
