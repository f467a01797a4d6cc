import type { FailureGroup } from "../../contract/operator-answers.ts";
import type { ListedMessage } from "./failed-listing.ts";
import { pick } from "./pick.ts";

export function groupOf(row: ListedMessage): FailureGroup {
  return {
    ...pick(row, ["fingerprint", "consumer", "reason", "errorName", "errorMessage", "firstAt", "lastAt"]),
    eventType: row.eventType ?? "unknown",
    count: 1,
    sample: row.failedKey,
  };
}

/** Merges two groups of one fingerprint; the error is that of the latest failure. */
export function mergeGroups(one: FailureGroup, other: FailureGroup): FailureGroup {
  const latest = one.lastAt > other.lastAt ? one : other;
  return {
    ...latest,
    count: one.count + other.count,
    firstAt: one.firstAt < other.firstAt ? one.firstAt : other.firstAt,
  };
}

/** The largest group first; of equals, that with the latest failure. */
export function bySize(one: FailureGroup, other: FailureGroup): number {
  return other.count - one.count || (one.lastAt < other.lastAt ? 1 : -1);
}
