import { describe, expect, test } from "vitest";
import { openOrderIndex } from "../../../lib/observe/order-index.ts";

const line = (orderId: string, at: number, more: object = {}) => ({
  source: "publish-events",
  text: JSON.stringify({
    audit: "settled",
    at,
    consumer: "publish-events",
    type: "order.created",
    eventId: `${orderId}:1:order.created`,
    outcome: "done",
    attempt: 1,
    ...more,
  }),
});

describe("the index of orders", () => {
  test("gives the entries of one order in order of time, whatever the order of the lines", () => {
    const index = openOrderIndex();
    for (const at of [3, 1, 2]) index.add(line("A", at));
    index.add(line("B", 4));

    expect(index.entriesOf("A").map(({ at }) => at)).toEqual([1, 2, 3]);
    expect(index.entriesOf("C")).toEqual([]);
  });

  test("forgets the order that was heard of least lately", () => {
    const index = openOrderIndex({ orders: 2 });
    index.add(line("A", 1));
    index.add(line("B", 2));
    index.add(line("A", 3));

    index.add(line("C", 4));

    expect(index.size).toBe(2);
    expect(index.entriesOf("B")).toEqual([]);
    expect(index.entriesOf("A")).toHaveLength(2);
  });

  test("keeps the first and the last lines of an order that never ends", () => {
    const index = openOrderIndex({ entries: 10 });

    for (let at = 0; at < 1_000; at++) index.add(line("A", at));

    const kept = index.entriesOf("A").map(({ at }) => at);
    expect(kept).toHaveLength(10);
    expect([kept[0], kept.at(-1)]).toEqual([0, 999]);
  });

  test("tells once how long an order took to be decided", () => {
    const latencies: number[] = [];
    const index = openOrderIndex({}, (latencyMs) => latencies.push(latencyMs));
    const confirmed = { type: "order.confirmed", eventId: "A:2:order.confirmed" };
    index.add(line("A", 1_000));

    index.add(line("A", 1_250, confirmed));
    index.add(line("A", 9_000, confirmed));
    index.add(line("B", 9_000, { ...confirmed, eventId: "B:2:order.confirmed" }));

    expect(latencies).toEqual([250]);
  });
});
