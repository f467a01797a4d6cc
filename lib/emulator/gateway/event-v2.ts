import type { IncomingMessage } from "node:http";
import { ACCOUNT } from "../assembly/identities.ts";
import type { GatewayRequest } from "./api-kind.ts";
import { commonLogTime } from "./event-v1.ts";
import type { RequestTarget } from "./request-target.ts";

/**
 * The event of a Lambda proxy integration, format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventV2(
  incoming: IncomingMessage,
  { path: rawPath, query, rawQuery }: RequestTarget,
  request: GatewayRequest & { readonly apiId: string; readonly stageName: string },
) {
  const { match, requestId, at, apiId, stageName, body } = request;
  const { cookie, ...headers } = incoming.headersDistinct;
  const { host = "localhost" } = incoming.headers;
  const isBase64Encoded = body.length > 0 && !isText(incoming.headers["content-type"]);
  const { pathParameters } = match;
  const method = incoming.method ?? "GET";
  return {
    version: "2.0",
    routeKey: match.route.routeKey,
    rawPath,
    rawQueryString: rawQuery,
    ...(cookie === undefined ? {} : { cookies: cookie.join(";").split(/; */) }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values?.join(",")])),
    ...(query.size === 0 ? {} : { queryStringParameters: joinedQuery(query) }),
    requestContext: {
      accountId: ACCOUNT,
      apiId,
      domainName: host,
      domainPrefix: host.split(/[.:]/)[0],
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${incoming.httpVersion}`,
        sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
        userAgent: incoming.headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: match.route.routeKey,
      stage: stageName,
      time: commonLogTime(at),
      timeEpoch: at.getTime(),
    },
    ...(pathParameters === null ? {} : { pathParameters }),
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** A value that comes more than once is one text. Made by fromEntries only: assignment to `__proto__` sets no key. */
const joinedQuery = (query: URLSearchParams) =>
  Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key).join(",")]));

/** HTTP APIs decode the path of a request; a malformed one stays as it is. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The types whose bodies reach a function as text: https://github.com/ministackorg/ministack/pull/766 */
export const isText = (contentType: string | undefined): boolean =>
  /^(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i.test(contentType ?? "");
