import type { RouteSpec } from "../assembly/model.ts";

type Matched = Pick<RouteSpec, "method" | "path">;

export interface RouteMatch<Route extends Matched = RouteSpec> {
  readonly route: Route;
  /** Values of the path's variables as in the URL; null where there are none, as in the event. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/**
 * The API's method for a request. A literal part of a path precedes a variable, a variable precedes `{x+}`.
 * Undefined where API Gateway responds MISSING_AUTHENTICATION_TOKEN: for an unknown path or method.
 * Trailing slashes of a path are ignored, as in API Gateway:
 * https://github.com/localstack/localstack/pull/11304
 */
export function makeRouter<Route extends Matched>(
  routes: readonly Route[],
): (method: string, path: string) => RouteMatch<Route> | undefined {
  const compiled = routes
    .map((route) => ({ route, parts: split(route.path) }))
    .sort(
      (left, right) =>
        rank(right.parts).localeCompare(rank(left.parts)) ||
        Number(left.route.method === "ANY") - Number(right.route.method === "ANY"),
    );
  return (method, path) => {
    const segments = split(path.replace(/\/+$/, "") || "/");
    for (const { route, parts } of compiled) {
      if (route.method !== method && route.method !== "ANY") continue;
      const values = matchParts(parts, segments);
      if (values === undefined) continue;
      return { route, pathParameters: Object.keys(values).length > 0 ? values : null };
    }
    return undefined;
  };
}

const split = (path: string) => path.split("/").slice(1);

/** One digit for each part: 2 literal, 1 variable, 0 greedy. The larger text is the more specific route. */
const rank = (parts: readonly string[]) =>
  parts.map((part) => (part.endsWith("+}") ? "0" : part.startsWith("{") ? "1" : "2")).join("");

function matchParts(
  parts: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const values = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined || segment === "") return part === "" && segment === "" ? {} : undefined;
    if (part.endsWith("+}")) {
      return Object.fromEntries(values.set(part.slice(1, -2), segments.slice(index).join("/")));
    }
    if (part.startsWith("{")) values.set(part.slice(1, -1), segment);
    else if (part !== segment) return undefined;
  }
  return segments.length === parts.length ? Object.fromEntries(values) : undefined;
}
