import { printableLine } from "../../terminal-text.ts";
import type { LiveEntry } from "../observe/view-types.ts";

/** `14:03:07.042Z  order-created    retry      01J9…:1:order.created  attempt 2, 12 ms, again in 4 s  Error: …` */
export function liveLine(entry: LiveEntry, columns = Number.POSITIVE_INFINITY): string {
  const { at, source, outcome, event, type, detail } = entry;
  const time = new Date(at).toISOString().slice(11);
  const subject = event ?? type ?? entry.jobId ?? entry.requestId ?? "";
  const facts = [...factsOf(entry), ...(detail === undefined ? [] : [detail])].join("  ");
  const head = `${time}  ${source.padEnd(15)}  ${outcome.padEnd(9)}  ${subject}`;
  const text = printableLine(`${head}  ${facts}`.trimEnd());
  // The subject is never cut: operators copy it.
  const width = Math.max(columns, printableLine(head).length + 1);
  return `${text.length <= width ? text : `${text.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, "")}…`}\n`;
}

function factsOf({ attempt, durationMs, retryInSeconds }: LiveEntry): readonly string[] {
  return [
    ...(attempt !== undefined && attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(durationMs === undefined ? [] : [`${durationMs} ms`]),
    ...(retryInSeconds === undefined ? [] : [`retry in ${retryInSeconds} s`]),
  ];
}
