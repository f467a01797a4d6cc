import { describe, expect, test } from "vitest";
import { openAuditTrail } from "../../../lib/operator/observe/audit-trail.ts";
import { attemptLine } from "../../fixtures/audit-lines.ts";

const line = (orderId: string, at: number, more: object = {}) => ({
  source: "publish-events",
  text: attemptLine({ at, consumer: "publish-events", eventId: `${orderId}:1:order.created`, ...more }),
});

describe("the audit trail", () => {
  test("returns the entries of one order by time, for any order of the lines", () => {
    const trail = openAuditTrail();
    for (const at of [3, 1, 2]) trail.add(line("A", at));
    trail.add(line("B", 4));

    expect(trail.entriesOf("A").map(({ at }) => at)).toEqual([1, 2, 3]);
    expect(trail.entriesOf("C")).toEqual([]);
  });

  test("evicts the least recently updated order", () => {
    const trail = openAuditTrail({ orders: 2 });
    trail.add(line("A", 1));
    trail.add(line("B", 2));
    trail.add(line("A", 3));

    trail.add(line("C", 4));

    expect(trail.size).toBe(2);
    expect(trail.entriesOf("B")).toEqual([]);
    expect(trail.entriesOf("A")).toHaveLength(2);
  });

  test("keeps the first and the last entries of an order with many lines", () => {
    const trail = openAuditTrail({ entries: 10 });

    for (let at = 0; at < 1_000; at++) trail.add(line("A", at));

    const kept = trail.entriesOf("A").map(({ at }) => at);
    expect(kept).toHaveLength(10);
    expect([kept[0], kept.at(-1)]).toEqual([0, 999]);
  });

  test("reports once the time until an order was decided", () => {
    const latencies: number[] = [];
    const trail = openAuditTrail({}, (latencyMs) => latencies.push(latencyMs));
    const confirmed = { type: "order.confirmed", eventId: "A:2:order.confirmed" };
    trail.add(line("A", 1_000));

    trail.add(line("A", 1_250, confirmed));
    trail.add(line("A", 9_000, confirmed));
    trail.add(line("B", 9_000, { ...confirmed, eventId: "B:2:order.confirmed" }));

    expect(latencies).toEqual([250]);
  });
});
