import type { FAILED_LISTING, FailedStatus, LIST_ORDERS } from "../../contract/failures.ts";
import type { FailedFilter } from "../../contract/operator-schemas.ts";
import { sha256 } from "../../middleware/sha256.ts";
import { isPublisher } from "../../publishing/domain/publishers.ts";
import type { FailedMessage } from "./failed-message.ts";

/** A failed message as a listing shows it. */
export type ListedMessage = Pick<
  FailedMessage,
  "failedKey" | "status" | "dueAt" | (typeof FAILED_LISTING.projected)[number]
>;

/** Whether all fields of a filter match. An empty filter matches every row. */
export function matches(row: ListedMessage, filter: FailedFilter): boolean {
  const { consumer, type, reason, fingerprint, job, from, to } = filter;
  const failedAt = Date.parse(row.lastAt);
  return (
    (consumer === undefined || row.consumer === consumer) &&
    (type === undefined || (row.eventType ?? "unknown") === type) &&
    (reason === undefined || row.reason === reason) &&
    (fingerprint === undefined || row.fingerprint === fingerprint) &&
    (job === undefined || row.jobId === job) &&
    (from === undefined || failedAt >= Date.parse(from)) &&
    (to === undefined || failedAt <= Date.parse(to))
  );
}

export type ListOrder = (typeof LIST_ORDERS)[number];

/**
 * The shards of a status. A partition takes 1,000 write units a second, and new rows have the latest place, so that
 * DynamoDB cannot split one by heat. Rows of publishers have shards of their own: the retry of parked events reads no
 * others.
 */
export const SHARDS = {
  consumers: ["0", "1", "2", "3", "4", "5", "6", "7"],
  publishers: ["p0", "p1", "p2", "p3"],
} as const;

/** The partitions of a listing. */
export function partitionsOf(status: FailedStatus, of?: "publishers"): readonly string[] {
  const shards = of === "publishers" ? SHARDS.publishers : [...SHARDS.consumers, ...SHARDS.publishers];
  return shards.map((shard) => `${status}#${shard}`);
}

/** The partition of a row. */
export function partitionOf({
  status,
  failedKey,
  consumer,
}: Pick<FailedMessage, "status" | "failedKey" | "consumer">): string {
  const shards = isPublisher(consumer) ? SHARDS.publishers : SHARDS.consumers;
  return `${status}#${shards[Number.parseInt(sha256(failedKey).slice(0, 8), 16) % shards.length]}`;
}

/** The place of a row in each listing that it may be in: unique, and in the order of due times. A cursor is a place. */
export function placeOf({ dueAt, failedKey }: Pick<FailedMessage, "dueAt" | "failedKey">): string {
  return `${dueAt}~${failedKey}`;
}

/** The due time in a place. */
export function dueAtOf(place: string): string {
  return place.slice(0, place.indexOf("~"));
}

/** The lowest and the highest place of the rows behind a cursor, and of those that are due. The cursor is within them. */
export function boundsOf(
  order: ListOrder,
  { cursor, dueBefore }: { readonly cursor?: string; readonly dueBefore?: string },
): readonly [lowest: string, highest: string] {
  // A place begins with a digit, and its key has no character above "~".
  const highest = dueBefore === undefined ? "~" : `${dueBefore}\u007f`;
  if (cursor === undefined) return ["0", highest];
  return order === "oldest"
    ? [cursor, cursor > highest ? cursor : highest]
    : ["0", cursor < highest ? cursor : highest];
}

/** Number of open messages. */
export interface OpenCount {
  readonly count: number;
  /** `false`: there are too many to be counted in one run, so that the number is an estimate. */
  readonly isExact: boolean;
  /** ISO time at which they were counted. */
  readonly at: string;
}

/** The progress of a step of maintenance that reads the listing of open messages in several runs, again and again. */
export interface ListingProgress {
  /** Absent at the beginning of the listing. */
  readonly cursor?: string | undefined;
  /** Rows read since the beginning that stayed open. */
  readonly counted: number;
  /** ISO time of the latest run; absent before its end. */
  readonly at?: string | undefined;
  /** Counted in the last whole reading; absent before its end. */
  readonly open?: Omit<OpenCount, "at"> | undefined;
}

/** What a progress shows: the last whole reading, or what a longer one has counted by now. */
export function openCountOf({ cursor, counted, at, open }: ListingProgress): OpenCount | undefined {
  if (at === undefined) return undefined;
  if (cursor === undefined) return open && { ...open, at };
  return { count: Math.max(counted, open?.count ?? 0), isExact: false, at };
}
