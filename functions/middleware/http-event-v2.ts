import type { ProxyEvent } from "./http-request.ts";

/** The fields of payload format 2.0 that are used here: of an HTTP API, or of the URL of a function. */
export interface EventV2 {
  readonly version: "2.0";
  /** `GET /orders/{orderId}`, or `$default`. */
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString?: string;
  readonly cookies?: readonly string[] | null;
  /** Several values of a header are one text. */
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly stage?: string;
    readonly http: { readonly method: string };
    readonly authorizer?: { readonly iam?: { readonly userArn?: string | null } };
  };
}

export function isEventV2(event: unknown): event is EventV2 {
  const { version, routeKey, rawPath, requestContext } = (event ?? {}) as Partial<
    Record<keyof EventV2, unknown>
  >;
  const { requestId, http } = (requestContext ?? {}) as { requestId?: unknown; http?: unknown };
  return (
    version === "2.0" &&
    [routeKey, rawPath, requestId, (http as { method?: unknown } | null | undefined)?.method].every(
      (each) => typeof each === "string",
    )
  );
}

/**
 * The same request in format 1.0. A request that the API passes on without a route of ours, as a function's URL does with
 * each, has the first of `routes` that matches its path: a literal part of a path precedes a variable.
 */
export function proxyEventOf(event: EventV2, routes: readonly string[]): ProxyEvent {
  const { routeKey, rawPath, body = null } = event;
  const { requestId, stage = DEFAULT, http, authorizer } = event.requestContext;
  const resource = routeKey.slice(routeKey.indexOf(" ") + 1);
  const query = new URLSearchParams(event.rawQueryString ?? "");
  const cookies = event.cookies ?? [];
  const found = routes.includes(`${http.method} ${resource}`)
    ? { resource, pathParameters: encoded(event.pathParameters ?? {}) }
    : matched(http.method, withoutStage(rawPath, stage), routes);
  return {
    httpMethod: http.method,
    resource: found?.resource ?? resource,
    pathParameters: found?.pathParameters ?? null,
    multiValueHeaders: Object.fromEntries([
      ...Object.entries(event.headers ?? {}).map(([name, value = ""]) => [name, [value]] as const),
      ...(cookies.length === 0 ? [] : [["cookie", [cookies.join("; ")]] as const]),
    ]),
    // By fromEntries: an assignment to `__proto__` sets no key.
    multiValueQueryStringParameters: Object.fromEntries(
      [...new Set(query.keys())].map((name) => [name, query.getAll(name)]),
    ),
    body,
    isBase64Encoded: event.isBase64Encoded ?? false,
    requestContext: { requestId, path: rawPath, identity: { userArn: authorizer?.iam?.userArn ?? null } },
  };
}

const DEFAULT = "$default";

/** HTTP APIs decode path parameters, REST APIs do not. */
const encoded = (parameters: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value = ""]) => [name, encodeURIComponent(value.toWellFormed())]),
  );

/** The path has the name of a stage other than `$default` in front. */
const withoutStage = (path: string, stage: string): string =>
  stage !== DEFAULT && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;

function matched(method: string, path: string, routes: readonly string[]) {
  const segments = path.split("/");
  const candidates = routes
    .filter((route) => route.startsWith(`${method} /`))
    .map((route) => route.slice(method.length + 1))
    .sort((left, right) => rank(left).localeCompare(rank(right)));
  for (const resource of candidates) {
    const parts = resource.split("/");
    if (parts.length !== segments.length) continue;
    if (!parts.every((part, at) => (isVariable(part) ? segments[at] !== "" : part === segments[at])))
      continue;
    const variables = parts.flatMap((part, at) =>
      isVariable(part) ? [[part.slice(1, -1), segments[at] ?? ""] as const] : [],
    );
    return { resource, pathParameters: Object.fromEntries(variables) };
  }
  return undefined;
}

const isVariable = (part: string): boolean => part.startsWith("{") && part.endsWith("}");
/** One digit for each part. The smaller text is the more specific route. */
const rank = (path: string): string =>
  path
    .split("/")
    .map((part) => (isVariable(part) ? "1" : "0"))
    .join("");
