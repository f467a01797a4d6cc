import type { ParseArgsOptionDescriptor } from "node:util";
import { FAILED_FILTERS } from "../../functions/contract/names.ts";
import { type CommandContext, textFlag } from "./command.ts";

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
  "--group F      those of one group, by its fingerprint",
  "--consumer C   those of one consumer, such as order-created",
  "--type T       those of one event type, such as order.created",
  "--reason R     those of one reason, such as RETRIES_EXHAUSTED",
  "--from T       failed last at this time or later: 2026-01-31T12:00:00Z",
  "--to T         failed last at this time or before",
];

/** The filter as the API takes it. */
export function filterOf(context: CommandContext): Record<string, string> {
  const entries = FAILED_FILTERS.map((name) => [
    name,
    textFlag(context, name === "fingerprint" ? "group" : name),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** `?a=b&c=d`, or nothing. */
export function queryText(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}
