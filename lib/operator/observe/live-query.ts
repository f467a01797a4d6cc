import { type InvocationQuery, LIVE_FILTERS, type LiveFilter } from "./view-types.ts";

/** The filter of a query, and its cursor. Empty values select everything. */
export function parseLiveQuery(query: URLSearchParams): { filter: LiveFilter; after: string | undefined } {
  const filter = Object.fromEntries(
    LIVE_FILTERS.flatMap((name) => {
      const value = query.get(name);
      return value === null || value === "" ? [] : [[name, value]];
    }),
  );
  return { filter, after: query.get("after") ?? undefined };
}

/** The invocation that a query names; undefined without a request id. */
export function parseInvocationQuery(query: URLSearchParams): InvocationQuery | undefined {
  const requestId = query.get("requestId");
  const source = query.get("source");
  const at = Number(query.get("at"));
  if (requestId === null || requestId === "") return undefined;
  return {
    requestId,
    ...(source === null || source === "" ? {} : { source }),
    ...(Number.isSafeInteger(at) && at > 0 ? { at } : {}),
  };
}
