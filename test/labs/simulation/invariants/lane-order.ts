import type { OrderEvent } from "../../../../functions/contract/schemas.ts";
import type { LogRecord } from "../cloud/log.ts";
import { bodyOf } from "../cloud/log.ts";
import type { PortCalls } from "../engine/port-calls.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import type { HandleMany } from "../parts.ts";
import { Violation } from "../violation.ts";

/** Younger records are not given up by any host, whatever its clock skew. */
const FRESH_MS = 1_000_000;

/**
 * LANE: records of one key of a partition are handled in sequence, and after a failure none of the same invocation.
 */
export function watchedLanes(handle: HandleMany<OrderEvent>, calls: () => PortCalls): HandleMany<OrderEvent> {
  const failed = new WeakMap<object, Set<string>>();
  return async (events, deadline) => {
    const invocation = currentInvocation.getStore();
    const records = invocation?.records ?? [];
    const seen = new Set<string>();
    const stopped = (invocation && failed.get(invocation)) ?? new Set<string>();
    for (const { subject, id } of events) {
      if (!isKeyed(records, subject)) continue;
      if (seen.has(subject))
        calls().report(new Violation("LANE", `${subject} is handled twice concurrently`));
      if (stopped.has(subject))
        calls().report(new Violation("LANE", `${id} is handled after a failure in its lane`));
      seen.add(subject);
    }
    const outcomes = await handle(events, deadline);
    // Older records are parked, and their lane continues.
    const isFresh = records.every(({ at }) => (invocation?.startedAt ?? 0) - at < FRESH_MS);
    for (const [index, outcome] of outcomes.entries()) {
      const subject = events[index]?.subject;
      if (outcome.kind === "retry" && isFresh && subject !== undefined) stopped.add(subject);
    }
    if (invocation !== undefined) failed.set(invocation, stopped);
    return outcomes;
  };
}

/** Whether all records of an order in an invocation have the order's key. */
function isKeyed(records: readonly LogRecord[], orderId: string): boolean {
  return records.every((record) => record.key === orderId || bodyOf(record)?.includes(orderId) !== true);
}
