import type { TimelineEntry } from "../../../observe/view-types.ts";
import { hrefTo } from "../route.ts";

/** The link to the log of an entry's invocation, after a dot; nothing for an entry without one. */
export function LogLink({ entry }: { readonly entry: TimelineEntry }) {
  const { requestId, source, at } = entry;
  if (requestId === undefined) return null;
  return (
    <>
      {" · "}
      <a href={hrefTo({ kind: "log", requestId, source, at: String(at) })}>log</a>
    </>
  );
}
