import type { ParseArgsOptionDescriptor } from "node:util";
import { REASONS } from "../../../functions/contract/errors.ts";
import { CONSUMERS, EVENT_TYPES, FAILED_FILTERS } from "../../../functions/contract/names.ts";
import { type CommandContext, oneOf, textFlag, UsageError } from "./command.ts";

/** Which failed messages: the flags that the commands about several of them share. */
export const FILTER_FLAGS: Readonly<Record<string, ParseArgsOptionDescriptor>> = {
  group: { type: "string" },
  ...Object.fromEntries(
    FAILED_FILTERS.filter((name) => name !== "fingerprint").map((name) => [
      name,
      { type: "string" as const },
    ]),
  ),
};

export const FILTER_HELP: readonly string[] = [
  "--group F      those of one group: 12 hex digits, shown by failed groups",
  "--consumer C   those of one consumer, such as order-created",
  "--type T       those of one event type, such as order.created",
  "--reason R     those of one reason, such as RETRIES_EXHAUSTED",
  "--from T       failed last at this time or later: 2026-01-31T12:00:00Z",
  "--to T         failed last at this time or before",
];

const checkTime = (text: string, name: string) => {
  const [day] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) ? text.split("T") : [];
  const at = Date.parse(text);
  // A day that no month has is moved to the next month.
  if (day !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)) return;
  throw new UsageError(`${name} is a time such as 2026-01-31T12:00:00Z; received ${text}`);
};

/** What each flag takes, said before the API is asked. Throws UsageError. */
const CHECKS: Readonly<Record<(typeof FAILED_FILTERS)[number], (text: string) => unknown>> = {
  consumer: (text) => oneOf(text, "--consumer", CONSUMERS),
  type: (text) => oneOf(text, "--type", [...EVENT_TYPES, "unknown"]),
  reason: (text) => oneOf(text, "--reason", Object.keys(REASONS)),
  from: (text) => checkTime(text, "--from"),
  to: (text) => checkTime(text, "--to"),
  fingerprint(text) {
    if (/^[0-9a-f]{12}$/.test(text)) return;
    throw new UsageError(
      `--group takes 12 hex digits, shown by  order-events failed groups; received ${text}`,
    );
  },
};

/** The filter as the API takes it. Throws UsageError for what it would refuse. */
export function filterOf(context: CommandContext): Record<string, string> {
  const filter: Record<string, string> = {};
  for (const name of FAILED_FILTERS) {
    const text = textFlag(context, name === "fingerprint" ? "group" : name);
    if (text === undefined) continue;
    CHECKS[name](text);
    filter[name] = text;
  }
  return filter;
}

/** `?a=b&c=d`, or nothing. */
export function queryText(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}
