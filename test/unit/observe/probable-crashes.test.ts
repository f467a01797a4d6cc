import { expect, test } from "vitest";
import { withProbableCrashes } from "../../../lib/operator/observe/probable-crashes.ts";
import type { LiveEntry, TimelineEntry } from "../../../lib/operator/observe/view-types.ts";

const NOW = 100_000;
const CREATED = { event: "A:1:order.created", type: "order.created" };
const entry = (at: number, source: string, outcome: string, more: object = {}): TimelineEntry => ({
  at,
  source,
  outcome,
  ...CREATED,
  ...more,
});
const PUBLISHED = entry(10, "publish-events", "published", { attempt: 1 });
const crash = (at: number): LiveEntry => ({
  id: String(at),
  at,
  source: "order-created",
  outcome: "crashed",
  detail: "Task timed out",
  requestId: `r${at}`,
});

/** The searches for crashes, and the entries with those that were found. */
async function read(entries: readonly TimelineEntry[], ...crashes: readonly LiveEntry[]) {
  const searches: (readonly [string, number, number])[] = [];
  const found = await withProbableCrashes(
    entries,
    async (...search) => {
      searches.push(search);
      return crashes;
    },
    NOW,
  );
  return { searches, found };
}

test("a published event without an attempt has the crashes of its consumer since, with their invocations", async () => {
  const { searches, found } = await read([PUBLISHED], crash(30), crash(20));

  expect(searches).toEqual([["order-created", 10, NOW]]);
  expect(found).toEqual([
    PUBLISHED,
    entry(20, "order-created", "crashed", {
      detail: "probably with this event: Task timed out",
      requestId: "r20",
    }),
    entry(30, "order-created", "crashed", {
      detail: "probably with this event: Task timed out",
      requestId: "r30",
    }),
  ]);
});

test.each<[name: string, numbers: readonly number[], expected: readonly (readonly [number, number])[]]>([
  ["before its first attempt with a line", [3], [[10, 1_000]]],
  ["between two attempts", [1, 3], [[1_000, 2_000]]],
  ["before a retry from the dead-letter queue", [1, 2, 2], [[2_000, 3_000]]],
  ["never, where each attempt has a line", [1, 2, 1], []],
])("an event has the crashes %s", async (_, numbers, expected) => {
  const attempts = numbers.map((attempt, i) => entry(1_000 * (i + 1), "order-created", "retry", { attempt }));

  const { searches } = await read([PUBLISHED, ...attempts]);

  expect(searches).toEqual(expected.map((times) => ["order-created", ...times]));
});

test("an event that was not published, or was published again, is searched for at most once", async () => {
  const again = entry(50, "publish-events", "published", { attempt: 1 });

  expect((await read([entry(5, "place-order", "accepted")])).searches).toEqual([]);
  expect((await read([PUBLISHED, again])).searches).toEqual([["order-created", 10, NOW]]);
});

test("of many crashes the latest five are shown", async () => {
  const crashes = Array.from({ length: 9 }, (_, i) => crash(90 - i));

  const { found } = await read([PUBLISHED], ...crashes);

  expect(found.slice(1).map(({ at }) => at)).toEqual([86, 87, 88, 89, 90]);
});
