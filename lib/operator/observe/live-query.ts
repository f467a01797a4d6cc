import { LIVE_FILTERS, type LiveFilter } from "./view-types.ts";

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
