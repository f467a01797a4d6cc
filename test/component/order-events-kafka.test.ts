import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { sha256 } from "../../functions/middleware/sha256.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { cancelled, created, line, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { kafkaEvent, kafkaRecord, reportedRecords } from "../fixtures/kafka-events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed, placed, statusOf } from "./rig-rows.ts";

let rig: Rig;
beforeEach(async () => {
  rig = newRig();
  await rig.tables.stock.count("TEA-1", 100);
});

const held = () => rig.tables.rows.stock.get("TEA-1")?.held;
const consume = (...records: ReturnType<typeof kafkaRecord>[]) =>
  invoke("order-events-kafka", kafkaEvent(...records));

describe("order-events-kafka", () => {
  test("reserves for created orders, releases for cancelled ones and ignores other types", async () => {
    const [a, b, c] = await placed("a", "b", "c");
    await consume(kafkaRecord(created(a)), kafkaRecord(created(b)));
    const cancellation = await rig.tables.orders.move(b.orderId, "CANCELLED", 0);
    const confirmed = eventOf({ ...a, status: "CONFIRMED", version: 2 });

    const response = await consume(
      kafkaRecord(cancelled(b, 3), { partition: 1 }),
      kafkaRecord(created(c), { partition: 2 }),
      kafkaRecord(confirmed),
    );

    expect(response).toEqual(reported());
    expect(cancellation).toBeDefined();
    expect([a, b, c].map(statusOf)).toEqual(["CONFIRMED", "CANCELLED", "CONFIRMED"]);
    expect(held()).toBe(2);
    expect(rig.out.total(METRICS.ignored, "order.confirmed")).toBe(1);
  });

  test("stock that cancellations of a batch release is available to its creations", async () => {
    await rig.tables.stock.count("TEA-1", 1);
    const [a, b] = await placed("a", "b");
    await consume(kafkaRecord(created(a)));
    await rig.tables.orders.move(a.orderId, "CANCELLED", 0);

    await consume(kafkaRecord(created(b)), kafkaRecord(cancelled(a, 3)));

    expect(statusOf(b)).toBe("CONFIRMED");
  });

  test("F3: after a failure the partition is retried from that offset, and repeated records change nothing", async () => {
    const [a, b] = await placed("a", "b");
    const [first, second] = [kafkaRecord(created(a), { offset: 1 }), kafkaRecord(created(b), { offset: 2 })];
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("throttled");
    };
    expect(await consume(first)).toEqual(reportedRecords(first));
    rig.faults.before = () => {};
    await consume(second);

    expect(await consume(first, second)).toEqual(reported());

    expect(held()).toBe(2);
    expect(rig.out.total(METRICS.duplicate)).toBe(1);
    expect(rig.out.total(METRICS.consumed)).toBe(2);
  });

  test("F4: tombstones are ignored and counted, wherever they are", async () => {
    const [a] = await placed("a");
    const records = [kafkaRecord(null), kafkaRecord(created(a)), kafkaRecord(null, { key: null })];

    expect(await consume(...records)).toEqual(reported());

    expect(statusOf(a)).toBe("CONFIRMED");
    expect(failed()).toEqual([]);
    expect(rig.out.total(METRICS.ignored, "unknown")).toBe(2);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ outcome: "ignored", why: "tombstone", consumer: "order-events-kafka" }),
    );
  });

  test.each([
    ["F5", "no key", null],
    ["F5", "an empty key", ""],
    ["F6", "the key of another order", "another"],
  ])(
    "%s: an event with %s has its effect, because the order row decides, not the key",
    async (_, __, key) => {
      const [a, b] = await placed("a", "b");

      expect(await consume(kafkaRecord(created(a), { key }), kafkaRecord(created(b), { key }))).toEqual(
        reported(),
      );

      expect([a, b].map(statusOf)).toEqual(["CONFIRMED", "CONFIRMED"]);
    },
  );

  test.each([
    ["created before cancelled", false],
    ["cancelled before created", true],
  ])("F6: an order with events in several partitions of one batch, %s", async (_, turned) => {
    const [a] = await placed("a");
    await rig.tables.orders.move(a.orderId, "CANCELLED", 0);
    const records = [kafkaRecord(created(a), { partition: 0 }), kafkaRecord(cancelled(a), { partition: 1 })];

    await consume(...(turned ? records.toReversed() : records));
    await consume(...records);

    expect(statusOf(a)).toBe("CANCELLED");
    expect(held()).toBe(0);
    expect(failed()).toEqual([]);
  });

  test("F6: events of one order under different keys do not share a transaction", async () => {
    const [a] = await placed("a");
    const records = ["a", "b", "c", null].map((key) => kafkaRecord(created(a), { key }));

    expect(await consume(...records)).toEqual(reported());

    expect(held()).toBe(1);
    expect(rig.out.total(METRICS.consumed)).toBe(1);
    expect(rig.out.total(METRICS.duplicate)).toBe(3);
  });

  test("F9: the same event from a queue and from Kafka has one effect, in either order", async () => {
    const [a, b] = await placed("a", "b");

    await invoke("order-created", sqsEvent(sqsRecord(created(a))));
    await consume(kafkaRecord(created(a)), kafkaRecord(created(b)));
    await invoke("order-created", sqsEvent(sqsRecord(created(b))));

    expect(held()).toBe(2);
    expect(rig.out.total(METRICS.consumed)).toBe(2);
    expect(rig.out.total(METRICS.duplicate)).toBe(2);
  });

  test("F2: parks a poison at its first attempt and processes every other record", async () => {
    const [a, b] = await placed("a", "b");
    const poison = { ...kafkaRecord("{", { offset: 7, key: a.orderId }), headers: [{ type: "x" }] };

    expect(await consume(poison, kafkaRecord(created(a)), kafkaRecord(created(b)))).toEqual(reported());

    expect([a, b].map(statusOf)).toEqual(["CONFIRMED", "CONFIRMED"]);
    expect(failed()).toMatchObject([
      {
        consumer: "order-events-kafka",
        reason: "BAD_ENCODING",
        source: "kafka:order-events-0@7",
        body: "{",
        status: "OPEN",
      },
    ]);
  });

  test("E2: a poison is reported as failed while it cannot be parked", async () => {
    rig.faults.before = (call) => {
      if (call === "failedMessages.put") throw new Error("down");
    };
    const poison = kafkaRecord("{");

    expect(await consume(poison)).toEqual(reportedRecords(poison));
  });

  test.each([
    ["is unchanged", false],
    ["was edited and redriven meanwhile", true],
  ])("F3: a poison behind a record that fails is parked once, and its row %s", async (_, isEdited) => {
    const [a, b] = await placed("a", "b");
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("throttled");
    };
    const broken = { ...created(b), specversion: "0.3" };
    const batch = [
      kafkaRecord(created(a), { offset: 10 }),
      kafkaRecord(JSON.stringify(broken), { offset: 11 }),
    ];
    await consume(...batch);
    const [parked] = failed() as [FailedMessage];
    const body = JSON.stringify(created(b));
    const edited = {
      body,
      bodyHash: sha256(body),
      status: "REDRIVEN",
      revision: parked.revision + 1,
    } as const;
    const row = isEdited ? { ...parked, ...edited } : parked;
    rig.tables.rows.failed.set(row.failedKey, row);

    for (let i = 0; i < 3; i++)
      expect(await consume(...batch)).toEqual(reportedRecords(...batch.slice(0, 1)));

    expect(failed()).toEqual([row]);
    expect(row).toMatchObject({ generation: 1, failures: 1 });
  });

  test("E9: a redriven message resolves its row, whatever its outcome", async () => {
    const row = order("1", {}, [line()]);
    await rig.tables.orders.place(row);
    const failedKey = `order-events-kafka~${created(row).id}`;
    const body = JSON.stringify(created(row));
    const parked = failedRow({ ...facts({ consumer: "order-events-kafka", body }), failedKey }, "REDRIVEN");
    rig.tables.rows.failed.set(failedKey, parked);
    const headers = { dlqRetryCount: "0", redriveId: "r", failedKey };

    for (let i = 0; i < 2; i++) await consume(kafkaRecord(created(row), { headers }));

    expect(failed()).toMatchObject([
      { status: "RESOLVED", history: [{ act: "park" }, { by: "order-events-kafka" }] },
    ]);
    expect(held()).toBe(1);
  });

  test("C7: reports all records of all partitions as failed where no time is left", async () => {
    const [a, b] = await placed("a", "b");
    const records = [kafkaRecord(created(a), { partition: 0 }), kafkaRecord(created(b), { partition: 1 })];

    const response = await invoke("order-events-kafka", kafkaEvent(...records), 900);

    expect(response).toEqual(reportedRecords(...records));
    expect(held()).toBe(0);
  });
});
