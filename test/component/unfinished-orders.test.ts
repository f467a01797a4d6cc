import { beforeEach, describe, expect, test } from "vitest";
import type { FailedStatus } from "../../functions/contract/failures.ts";
import { METRICS } from "../../functions/contract/names.ts";
import { watchUnfinishedOrders } from "../../functions/failures/maintenance/watch-unfinished-orders.ts";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import { created, order } from "../fixtures/events.ts";
import { parked } from "./operator-api.ts";
import { deployKafka, invoke, MAX_PENDING_SECONDS, newRig, queueUrlOf, type Rig } from "./rig.ts";

const MINUTES = MAX_PENDING_SECONDS / 60;
const REMAINING_MS = 50_000;

let rig: Rig;
beforeEach(() => {
  deployKafka(false);
  rig = newRig();
});

function place(name: string, changes: Partial<Order> = {}): Order {
  const now = new Date(rig.clock.now()).toISOString();
  const placed = order(name, { createdAt: now, updatedAt: now, ...changes });
  rig.tables.rows.orders.set(placed.orderId, placed);
  return placed;
}

/** Runs maintenance after some minutes, and returns what it published and counted. */
async function runAfter(minutes: number) {
  rig.clock.advance(minutes * 60_000);
  const before = rig.publisher.topic.length;
  await invoke("maintenance", {}, REMAINING_MS);
  const line = rig.out.metrics().at(-1) ?? {};
  return {
    published: rig.publisher.topic.slice(before),
    unfinished: line[METRICS.unfinishedOrders] ?? 0,
    runs: line[METRICS.maintenanceRuns] ?? 0,
  };
}

describe("an order that stays PENDING", () => {
  test("is published again and counted past maxPendingSeconds, and not before", async () => {
    const stuck = place("1");

    expect(await runAfter(MINUTES - 1)).toEqual({ published: [], unfinished: 0, runs: 1 });
    expect(await runAfter(1)).toEqual({ published: [created(stuck)], unfinished: 1, runs: 1 });
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ act: "republish", eventId: created(stuck).id, by: "maintenance" }),
    );
  });

  test("is published again after growing pauses, of an hour at most, and counted each minute", async () => {
    place("1");
    const publishedAt: number[] = [];

    for (let minute = 0; minute < 200; minute++) {
      const { published, unfinished } = await runAfter(minute === 0 ? MINUTES : 1);
      expect(unfinished).toBe(1);
      if (published.length > 0) publishedAt.push(minute);
    }

    expect(publishedAt).toEqual([0, 60, 120, 180]);
  });

  test("is first published again each time that its age has doubled", async () => {
    place("1");
    const watch = watchUnfinishedOrders({
      ...rig.tables,
      unfinishedOrders: rig.unfinishedOrders,
      publisher: rig.publisher,
      queues: rig.queues,
      clock: rig.clock,
      sourceQueues: {},
      audit: () => {},
      maxPendingSeconds: 300,
      pausedEventTypes: async () => [],
    });
    const publishedAt: number[] = [];

    for (let minute = 1; minute <= 100; minute++) {
      rig.clock.advance(60_000);
      if ((await watch(rig.clock.now() + 1_000)).published > 0) publishedAt.push(minute);
    }

    expect(publishedAt).toEqual([5, 10, 20, 40, 80]);
  });

  test("is nothing to do once it is decided", async () => {
    place("1", { status: "CONFIRMED" });
    const decided = place("2");
    rig.faults.after = (call) => {
      // Decided after the index was read.
      if (call === "unfinishedOrders.waitingSince")
        rig.tables.rows.orders.set(decided.orderId, { ...decided, status: "CONFIRMED" });
    };

    expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 0, runs: 1 });
  });

  test("is published again in the next run where the topic refuses its event", async () => {
    const stuck = place("1");
    rig.publisher.refuse = () => ({ kind: "refused", permanent: false, error: new Error("throttled") });

    expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 1, runs: 1 });
    expect(rig.out.total(METRICS.publishFailed)).toBe(1);
    rig.publisher.refuse = () => undefined;

    expect((await runAfter(1)).published).toEqual([created(stuck)]);
    expect([...rig.tables.rows.failed.values()], "parked").toEqual([]);
  });

  test("goes to Kafka as well", async () => {
    deployKafka(true);
    const stuck = place("1");

    await runAfter(MINUTES);

    expect(rig.queues.sent).toMatchObject([
      { queueUrl: queueUrlOf("publish-to-kafka"), body: JSON.stringify(created(stuck)) },
    ]);
  });

  test.each<FailedStatus>(["OPEN", "RETRYING", "REDRIVEN", "DISCARDED"])(
    "is counted and not published again where its message is %s",
    async (status) => {
      const known = place("1");
      const dueAt = new Date(rig.clock.now() + 10 * MAX_PENDING_SECONDS * 1_000).toISOString();
      const failedKey = `order-created~${created(known).id}`;
      parked(rig, known, { consumer: "order-created", failedKey, dueAt }, status);

      expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 1, runs: 1 });
    },
  );

  test("is published once the stored failure of its message is resolved", async () => {
    const known = place("1");
    parked(rig, known, { failedKey: `order-created~${created(known).id}` }, "RESOLVED");

    expect((await runAfter(MINUTES)).published).toEqual([created(known)]);
  });
});

describe("a cancelled order whose stock stays held", () => {
  /** Placed long before it was cancelled. */
  const cancel = (changes: Partial<Order> = {}) =>
    place("1", {
      status: "CANCELLED",
      version: 3,
      stockHeld: true,
      createdAt: new Date(rig.clock.now() - 30 * 86_400_000).toISOString(),
      ...changes,
    });

  test("is published again and counted once it was cancelled maxPendingSeconds ago, and not before", async () => {
    const stuck = cancel();

    expect(await runAfter(MINUTES - 1)).toEqual({ published: [], unfinished: 0, runs: 1 });
    expect(await runAfter(1)).toEqual({ published: [eventOf(stuck)], unfinished: 1, runs: 1 });
    expect(await runAfter(1)).toEqual({ published: [], unfinished: 1, runs: 1 });
  });

  test.each([
    ["was released", { stockHeld: false }],
    ["was never held", { stockHeld: undefined }],
  ] as const)("is nothing to do where it %s", async (_, { stockHeld }) => {
    const { stockHeld: __, ...others } = order("1", { status: "CANCELLED", version: 3 });
    const { orderId } = cancel();
    rig.tables.rows.orders.set(orderId, { ...others, ...(stockHeld !== undefined && { stockHeld }) });

    expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 0, runs: 1 });
  });

  test("is nothing to do where its stock was released after the index was read", async () => {
    const stuck = cancel();
    rig.faults.after = (call) => {
      if (call === "unfinishedOrders.waitingSince")
        rig.tables.rows.orders.set(stuck.orderId, { ...stuck, stockHeld: false });
    };

    expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 0, runs: 1 });
  });

  test("is not published as cancelled at once where it was cancelled after the index was read", async () => {
    const pending = place("1");
    rig.faults.after = (call) => {
      if (call !== "unfinishedOrders.waitingSince") return;
      const updatedAt = new Date(rig.clock.now()).toISOString();
      rig.tables.rows.orders.set(pending.orderId, {
        ...pending,
        status: "CANCELLED",
        stockHeld: true,
        updatedAt,
      });
    };

    expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 0, runs: 1 });
  });

  test.each<FailedStatus>(["OPEN", "RETRYING", "REDRIVEN", "DISCARDED"])(
    "is counted and not published again where its message is %s",
    async (status) => {
      const known = cancel();
      const dueAt = new Date(rig.clock.now() + 10 * MAX_PENDING_SECONDS * 1_000).toISOString();
      const failedKey = `order-cancelled~${eventOf(known).id}`;
      parked(rig, known, { consumer: "order-cancelled", failedKey, dueAt }, status);

      expect(await runAfter(MINUTES)).toEqual({ published: [], unfinished: 1, runs: 1 });
    },
  );
});

test("a thousand orders at most are published again in a run, and the others in the next", async () => {
  for (let i = 0; i < 1_400; i++) place(`s${i}`);

  const first = await runAfter(MINUTES);
  const second = await runAfter(1);

  expect([first.published.length, second.published.length]).toEqual([1_000, 400]);
  expect([first.unfinished, second.unfinished]).toEqual([1_400, 1_400]);
  expect(new Set(rig.publisher.topic.map(({ id }) => id)).size).toBe(1_400);
});

test("a run in which a task failed does not count as a run", async () => {
  rig.faults.before = (call) => {
    if (call === "unfinishedOrders.waitingSince") throw new Error("throttled");
  };

  await expect(invoke("maintenance", {}, REMAINING_MS)).rejects.toThrow("These tasks failed: watch.");

  expect(rig.out.total(METRICS.maintenanceRuns)).toBe(0);
  expect(rig.out.text()).not.toContain(METRICS.unfinishedOrders);
});
