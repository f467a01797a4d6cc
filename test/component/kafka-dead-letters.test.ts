import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { base64, gaveUpOn, kafkaEvent, kafkaRecord } from "../fixtures/kafka-events.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const DLT = { topic: "order-events-dlt" };
const event = created(order("1"));
const failedKey = `order-events-kafka~${event.id}`;
const drain = (...values: (string | null)[]) =>
  invoke("kafka-dead-letters", kafkaEvent(...values.map((value) => kafkaRecord(value, DLT))));

/** Two records that Lambda gave up on, of which the second could not be parked. */
async function parkedInPart(): Promise<string[]> {
  const values = [gaveUpOn(kafkaRecord(event)), gaveUpOn(kafkaRecord(created(order("2"))))];
  let puts = 0;
  rig.faults.before = (call) => {
    if (call === "failedMessages.put" && ++puts === 2) throw new Error("down");
  };
  await expect(drain(...values)).rejects.toThrow("1 records failed");
  rig.faults.before = () => {};
  return values;
}

describe("kafka-dead-letters", () => {
  test.each<[string, { condition?: string; functionError: string | null }, string]>([
    ["a function that crashed stored no reason", { functionError: "Unhandled" }, "NO_REPORT"],
    ["a record that failed each time is exhausted", { functionError: null }, "RETRIES_EXHAUSTED"],
    [
      "a record that became too old has an unknown reason",
      { functionError: null, condition: "RecordAgeExceeded" },
      "NO_REPORT",
    ],
  ])("F2: %s", async (_, changes, reason) => {
    const record = kafkaRecord(event, { offset: 100, headers: { type: "order.created" } });

    expect(await drain(gaveUpOn(record, changes))).toEqual(reported());

    expect(failed()).toMatchObject([
      {
        failedKey,
        status: "OPEN",
        reason,
        consumer: "order-events-kafka",
        source: "kafka:order-events-0@100",
        body: JSON.stringify(event),
        attributes: { type: "order.created" },
        errorMessage: expect.stringContaining(changes.condition ?? "RetriesExhausted"),
      },
    ]);
    expect(rig.out.total(METRICS.parked, "order.created")).toBe(1);
  });

  test.each(["Unhandled", null])(
    "F2: the reason and error of the last attempt take precedence over Lambda's, with function error %s",
    async (functionError) => {
      const left = { errorName: "Error", errorMessage: "throttled", reason: "RETRIES_EXHAUSTED" } as const;
      const message = { consumer: "order-events-kafka", failedKey, body: JSON.stringify(event) };
      rig.tables.rows.failed.set(failedKey, failedRow({ ...message, ...left }, "RETRYING"));

      await drain(gaveUpOn(kafkaRecord(event), { functionError }));

      expect(failed()).toMatchObject([{ ...left, failedKey, status: "OPEN" }]);
    },
  );

  test("a record without Lambda's document is parked unchanged", async () => {
    expect(await drain(JSON.stringify(event))).toEqual(reported());

    expect(failed()).toMatchObject([
      { failedKey, reason: "NO_REPORT", source: expect.stringContaining("order-events-dlt-0@") },
    ]);
  });

  test("each record of a document is parked separately", async () => {
    const [a, b] = [kafkaRecord(event), kafkaRecord(created(order("2")), { partition: 1 })];
    const document = JSON.parse(gaveUpOn(a));
    document.payload = kafkaEvent(a, b);

    await drain(JSON.stringify(document));

    expect(failed().map(({ eventId }) => eventId)).toEqual([event.id, created(order("2")).id]);
  });

  test.each<[string, string, string]>([
    ["no JSON", "{", "MALFORMED_JSON"],
    ["a document without a payload", JSON.stringify({ requestContext: {} }), "INVALID_EVENT"],
    [
      "a document whose payload is not an event",
      JSON.stringify({ requestContext: {}, payload: [] }),
      "INVALID_EVENT",
    ],
    [
      "a document without records",
      JSON.stringify({ requestContext: {}, payload: kafkaEvent() }),
      "INVALID_EVENT",
    ],
    [
      "a document without a condition",
      JSON.stringify({
        ...JSON.parse(gaveUpOn(kafkaRecord(event))),
        requestContext: null,
        responseContext: 7,
      }),
      "NO_REPORT",
    ],
    ["a document about a poison", gaveUpOn(kafkaRecord("{")), "MALFORMED_JSON"],
    [
      "a document about bytes that are not text",
      gaveUpOn({ ...kafkaRecord(event), value: "/////w==" }),
      "BAD_ENCODING",
    ],
  ])("G1: %s is parked too, because nothing else reads this topic", async (_, value, reason) => {
    expect(await drain(value)).toEqual(reported());

    expect(failed()).toMatchObject([{ consumer: "order-events-kafka", status: "OPEN", reason }]);
  });

  test("F4: skips tombstones, alone and inside a document", async () => {
    expect(await drain(null, gaveUpOn(kafkaRecord(null)))).toEqual(reported());

    expect(failed()).toEqual([]);
    expect(rig.out.total(METRICS.ignored)).toBe(2);
  });

  test("F12: fails the invocation while a record cannot be parked, and parks all at the retry", async () => {
    const values = await parkedInPart();

    expect(await drain(...values)).toEqual(reported());
    expect(failed().map(({ status }) => status)).toEqual(["OPEN", "OPEN"]);
  });

  test.each(["RESOLVED", "REDRIVEN", "DISCARDED"] as const)(
    "F12: parking a %s message again, because another record could not be parked, changes nothing",
    async (status) => {
      const values = await parkedInPart();
      const [parked] = failed();
      const acted = { ...(parked as FailedMessage), status, revision: 2 };
      rig.tables.rows.failed.set(acted.failedKey, acted);

      expect(await drain(...values)).toEqual(reported());

      expect(failed()).toEqual([acted, expect.objectContaining({ status: "OPEN", generation: 1 })]);
    },
  );

  test("C7: fails the invocation at its deadline", async () => {
    const value = gaveUpOn(kafkaRecord(event));

    await expect(invoke("kafka-dead-letters", kafkaEvent(kafkaRecord(value, DLT)), 500)).rejects.toThrow(
      "records failed",
    );
    expect(failed()).toEqual([]);
  });

  test("a redriven message reopens the row that waits for it", async () => {
    rig.tables.rows.failed.set(failedKey, {
      ...failedRow({ consumer: "order-events-kafka", failedKey, body: JSON.stringify(event) }, "REDRIVEN"),
    });
    const headers = { dlqRetryCount: "0", redriveId: "r", failedKey };

    await drain(gaveUpOn(kafkaRecord(event, { headers })));

    expect(failed()).toMatchObject([{ failedKey, status: "OPEN", reason: "NO_REPORT" }]);
  });

  test.each<[string, unknown]>([
    ["SQS", { Records: [] }],
    [
      "a record without its name",
      { eventSource: "aws:kafka", records: { "order-events-dlt-0": [{ value: base64("x") }] } },
    ],
  ])("fails closed on %s", async (_, foreign) => {
    await expect(invoke("kafka-dead-letters", foreign)).rejects.toThrow();
  });
});
