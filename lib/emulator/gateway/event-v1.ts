import type { IncomingMessage } from "node:http";
import { ACCOUNT } from "../assembly/identities.ts";
import type { GatewayRequest } from "./api-kind.ts";
import type { RequestTarget } from "./request-target.ts";

/** The caller chooses the names. Made by Object.fromEntries only: an assignment to `__proto__` sets no key. */
type Lists = Readonly<Record<string, string[]>>;

/**
 * The event of a Lambda proxy integration, format 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(
  incoming: IncomingMessage,
  target: RequestTarget,
  request: GatewayRequest & { readonly stageName: string; readonly binaryMediaTypes: readonly string[] },
) {
  const { match, requestId, at, stageName } = request;
  const headers = headerLists(incoming);
  const query = queryLists(target);
  const binary = isBinary(incoming.headers["content-type"], request.binaryMediaTypes);
  const { path, sentPath } = target;
  return {
    resource: match.route.path,
    path,
    httpMethod: incoming.method ?? "GET",
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: emptyAsNull(lastOf(query)),
    multiValueQueryStringParameters: emptyAsNull(query),
    pathParameters: match.pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      apiId: "local",
      domainName: incoming.headers.host ?? "localhost",
      extendedRequestId: requestId,
      httpMethod: incoming.method ?? "GET",
      identity: identity(incoming),
      // As with a custom domain: the stage is not part of the path that the client sees.
      path: sentPath,
      protocol: `HTTP/${incoming.httpVersion}`,
      requestId,
      requestTime: commonLogTime(at),
      requestTimeEpoch: at.getTime(),
      resourceId: "local",
      resourcePath: match.route.path,
      stage: stageName,
    },
    body: request.body.length === 0 ? null : request.body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: binary && request.body.length > 0,
  };
}

/** `12/Mar/2020:19:03:58 +0000`, in UTC. */
export function commonLogTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

function headerLists({ rawHeaders }: IncomingMessage): Lists {
  const lists = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index], rawHeaders[index + 1]];
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  return Object.fromEntries(lists);
}

function queryLists({ query }: RequestTarget): Lists {
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

const lastOf = (lists: Lists) =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? ""]));

const emptyAsNull = <Value extends object>(value: Value): Value | null =>
  Object.keys(value).length === 0 ? null : value;

/** Requests on loopback are not authenticated: the fields are null, as for a method without authorizer. */
const identity = (incoming: IncomingMessage) => ({
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  cognitoIdentityId: null,
  sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
  user: null,
  userAgent: incoming.headers["user-agent"] ?? null,
  userArn: null,
});

/** A body is base64 only where the API declares its type binary. */
export function isBinary(contentType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "application/json";
  return binaryMediaTypes.some(
    (pattern) =>
      pattern === "*/*" ||
      pattern.toLowerCase() === type ||
      (pattern.endsWith("/*") && type.startsWith(pattern.slice(0, -1).toLowerCase())),
  );
}
