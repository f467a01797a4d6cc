import { beforeEach, describe, expect, test } from "vitest";
import { reported } from "../fakes/test-consumer.ts";
import { created } from "../fixtures/events.ts";
import { gaveUpOn, kafkaEvent, kafkaRecord, reportedRecords } from "../fixtures/kafka-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed, placed, statusOf } from "./rig-rows.ts";

let rig: Rig;
beforeEach(async () => {
  rig = newRig();
  await rig.tables.stock.count("TEA-1", 100);
});

const consume = (...records: ReturnType<typeof kafkaRecord>[]) =>
  invoke("order-events-kafka", kafkaEvent(...records));

describe("old records, as after a pause", () => {
  test("an old record that fails stores its reason and is retried until Lambda gives up", async () => {
    const [a, b] = await placed("a", "b");
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("TransactionConflict");
    };
    const timestamp = rig.clock.now() - 60_001;
    const old = [
      kafkaRecord(created(a), { timestamp }),
      kafkaRecord(created(b), { timestamp: timestamp + 1 }),
    ];

    expect(await consume(...old)).toEqual(reportedRecords(...old));
    expect(failed()).toMatchObject([
      {
        status: "RETRYING",
        reason: "RETRIES_EXHAUSTED",
        errorMessage: "TransactionConflict",
        eventId: created(a).id,
      },
    ]);
    rig.faults.before = () => {};

    expect(await consume(...old)).toEqual(reported());
    rig.clock.advance(3_600_001);
    await invoke("maintenance", {});

    expect([a, b].map(statusOf)).toEqual(["CONFIRMED", "CONFIRMED"]);
    expect(failed()).toMatchObject([
      { status: "RESOLVED", history: [{ act: "last attempt" }, { act: "overdue" }, { by: "effect check" }] },
    ]);
  });

  test("an old record that Lambda gives up on is parked with the reason of its last attempt", async () => {
    const [a] = await placed("a");
    rig.faults.before = (call) => {
      if (call.startsWith("orderStockStore.")) throw new Error("throttled");
    };
    const old = kafkaRecord(created(a), { timestamp: rig.clock.now() - 60_001 });
    await consume(old);

    const document = gaveUpOn(old, { functionError: "Unhandled" });
    await invoke("kafka-dead-letters", kafkaEvent(kafkaRecord(document, { topic: "order-events-dlt" })));

    expect(failed()).toMatchObject([
      { status: "OPEN", reason: "RETRIES_EXHAUSTED", errorMessage: "throttled", generation: 1 },
    ]);
  });
});
