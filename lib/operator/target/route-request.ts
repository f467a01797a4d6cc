import type { ApiRoute, RequestArguments } from "../../../functions/contract/api-types.ts";

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isDryRun?: boolean;
}

/** Whether a request may have changed something although it brought no response. */
export const mayChange = ({ method, isDryRun = false }: HttpRequest): boolean =>
  method !== "GET" && !isDryRun;

/** What a request of any route may hold: a parameter has any other name. */
interface AnyRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly query?: Readonly<Record<string, unknown>>;
}

/** The HTTP request of a route of the API, for every client: of the command line, the console and the tests. */
export function routeRequest<Route extends ApiRoute>(
  route: Route,
  ...given: RequestArguments<Route>
): HttpRequest {
  const [request = {}] = given as readonly AnyRequest[];
  const { headers, body, query = {}, ...parameters } = request;
  const [method = "", template = ""] = route.split(" ");
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => segment(String(Reflect.get(parameters, name))));
  return httpRequest(method, `${path}${queryText(query)}`, body, headers);
}

const JSON_TYPE = { "Content-Type": "application/json" };

/** A request with a body of JSON, or with none. */
export function httpRequest(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  if (body === undefined) return { method, path, headers };
  // The API refuses U+FFFD unless it is escaped: a gateway puts it in place of bytes that it cannot read.
  const text = JSON.stringify(body).replaceAll("\ufffd", "\\ufffd");
  const request = { method, path, headers: { ...JSON_TYPE, ...headers }, body: text };
  return "dryRun" in body && body.dryRun === true ? { ...request, isDryRun: true } : request;
}

/**
 * Encodes a segment of a path. Colons stay: keys of failed messages contain them. A lone surrogate, which has no
 * encoding, becomes U+FFFD.
 */
export const segment = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll("%3A", ":");

/** `?a=b&c=d` of the fields that have a value, or an empty string. */
export function queryText(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
