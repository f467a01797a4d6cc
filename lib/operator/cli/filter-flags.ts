import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import { FAILED_FILTERS, REASONS } from "../../../functions/contract/failures.ts";
import type { FailedFilter } from "../../../functions/contract/operator-schemas.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { PATTERNS } from "../../../functions/contract/patterns.ts";
import { type CommandContext, type Flags, oneOf, textFlag, UsageError } from "./command.ts";

type Filter = (typeof FAILED_FILTERS)[number];

const FLAG_HELP: Readonly<Record<Filter, readonly [value: string, help: string]>> = {
  fingerprint: ["fingerprint", "Only this group: 12 hex digits, listed by failed groups"],
  consumer: ["name", "Only this consumer, such as order-created"],
  type: ["type", "Only this event type, such as order.created"],
  reason: ["code", "Only this reason, such as RETRIES_EXHAUSTED"],
  job: ["jobId", "Only messages whose last act of an operator was of this job"],
  from: ["time", "Last failure at this time or later, such as 2026-01-31T12:00:00Z"],
  to: ["time", "Last failure at this time or earlier"],
};

const flagOf = (name: Filter) => (name === "fingerprint" ? "group" : name);

/** The flags that select failed messages. */
export const FILTER_FLAGS: Flags = Object.fromEntries(
  FAILED_FILTERS.map((name) => {
    const [value, help] = FLAG_HELP[name];
    return [flagOf(name), { type: "string" as const, value, help }];
  }),
);

/** The text. Throws UsageError for what is no time in UTC. */
export const checkTime = (text: string, name: string): string => {
  const [day] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) ? text.split("T") : [];
  const at = Date.parse(text);
  // Date.parse moves 30 February to March.
  if (day !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)) return text;
  throw new UsageError(`${name} must be a time such as 2026-01-31T12:00:00Z; received ${text}`);
};

/** The value of each, checked before any request. Throws UsageError. */
const VALUES: Readonly<Record<Filter, (text: string) => string>> = {
  consumer: (text) => oneOf(text, "--consumer", CONSUMER_NAMES),
  type: (text) => oneOf(text, "--type", [...EVENT_TYPES, "unknown"]),
  reason: (text) => oneOf(text, "--reason", Object.keys(REASONS)),
  job(text) {
    if (new RegExp(PATTERNS.jobId.pattern).test(text)) return text;
    throw new UsageError(
      `--job must be the id of a job, listed by  order-events jobs list; received ${text}`,
    );
  },
  from: (text) => checkTime(text, "--from"),
  to: (text) => checkTime(text, "--to"),
  fingerprint(text) {
    if (/^[0-9a-f]{12}$/.test(text)) return text;
    throw new UsageError(
      `--group must be 12 hex digits, listed by  order-events failed groups; received ${text}`,
    );
  },
};

/** The flags of a filter, as they are typed; `--all` for one of everything. */
export function filterText(filter: FailedFilter): string {
  const flags = FAILED_FILTERS.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [`--${flagOf(name)} ${value}`];
  });
  return flags.join(" ") || "--all";
}

/** The filter for the API. Throws UsageError for a value that the API would refuse. */
export function filterOf(context: CommandContext): FailedFilter {
  const filter: Partial<Record<Filter, string>> = {};
  for (const name of FAILED_FILTERS) {
    const text = textFlag(context, flagOf(name));
    if (text === undefined) continue;
    filter[name] = VALUES[name](text);
  }
  return filter as FailedFilter;
}
