import { describe, expect, test } from "vitest";
import { openLiveBuffer } from "../../../lib/operator/observe/live-buffer.ts";

const line = (at: number, outcome = "done") => ({
  at,
  source: "order-created",
  text: JSON.stringify({ audit: "attempt", at, consumer: "order-created", type: "order.created", outcome }),
});
const times = (answer: ReturnType<ReturnType<typeof openLiveBuffer>["read"]>) =>
  answer.entries.map(({ at }) => at);

describe("the live buffer", () => {
  test("answers the latest entries first, and after a cursor only newer ones", () => {
    const buffer = openLiveBuffer();
    for (const at of [1, 2]) buffer.add(line(at));
    const first = buffer.read({});
    buffer.add(line(3));

    const second = buffer.read({}, first.cursor);

    expect([times(first), times(second), times(buffer.read({}, second.cursor))]).toEqual([[2, 1], [3], []]);
  });

  test("answers entries by their time, whatever the sequence in which they were reported", () => {
    const buffer = openLiveBuffer();
    for (const at of [2, 1, 3]) buffer.add(line(at));

    expect(times(buffer.read({}))).toEqual([3, 2, 1]);
  });

  test("keeps so many entries, and reports those that a reader missed", () => {
    const buffer = openLiveBuffer(3);
    buffer.add(line(1));
    const { cursor } = buffer.read({});
    for (const at of [2, 3, 4]) buffer.add(line(at));
    const complete = buffer.read({}, cursor);
    buffer.add(line(5));

    const cut = buffer.read({}, cursor);

    expect([times(complete), complete.isCut]).toEqual([[4, 3, 2], false]);
    expect([times(cut), cut.isCut]).toEqual([[5, 4, 3], true]);
  });

  test("keeps crashes longer than other entries", () => {
    const buffer = openLiveBuffer(3);
    const crash = (at: number) =>
      buffer.add({ at, source: "order-created", text: "Task timed out after 5.00 seconds" });
    crash(1);
    crash(2);
    for (const at of [3, 4, 5, 6]) buffer.add(line(at));

    expect(times(buffer.read({ outcome: "crashed" }))).toEqual([]);
    expect(buffer.crashes("order-created", 2, 9).map(({ at }) => at)).toEqual([2]);
    expect(buffer.crashes("order-cancelled", 0, 9)).toEqual([]);
  });

  test("answers a bounded number, the latest", () => {
    const buffer = openLiveBuffer();
    const { cursor } = buffer.read({});
    for (let at = 0; at < 2_000; at++) buffer.add(line(at));

    const { entries, isCut } = buffer.read({}, cursor);

    expect(entries.length).toBeLessThan(2_000);
    expect([entries[0]?.at, isCut]).toEqual([1_999, true]);
  });

  test("selects by the filter", () => {
    const buffer = openLiveBuffer();
    buffer.add(line(1));
    buffer.add(line(2, "retry"));

    expect(times(buffer.read({ outcome: "retry" }))).toEqual([2]);
  });

  test.each(["other-7", "", "7", "run-x", "run--1", "run-1e9"])(
    "begins anew after the cursor %j",
    (cursor) => {
      const buffer = openLiveBuffer(10, "run");
      buffer.add(line(1));

      expect(buffer.read({}, cursor)).toMatchObject({ entries: [{ at: 1 }], isCut: false });
    },
  );

  test("ids are unique over two runs", () => {
    const ids = ["a", "b"].flatMap((run) => {
      const buffer = openLiveBuffer(10, run);
      for (const at of [1, 2]) buffer.add(line(at));
      return buffer.read({}).entries.map(({ id }) => id);
    });

    expect(new Set(ids).size).toBe(4);
  });
});
