import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { kafka } from "../../functions/middleware/transports/kafka.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order, request } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { streamRecord } from "../fixtures/stream-records.ts";
import { place } from "./api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

const CLOUD_EVENT = { "content-type": "application/cloudevents+json; charset=UTF-8" };

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const refusal = (permanent: boolean) => ({ kind: "refused" as const, permanent, error: new Error("no") });
const values = () =>
  rig.kafka.records.map(({ value }) => JSON.parse(Buffer.from(String(value), "base64").toString()));
const keys = () => rig.kafka.records.map(({ key }) => Buffer.from(String(key), "base64").toString());
const firstHeaders = () => rig.kafka.records.slice(0, 1).map(kafka().attributes)[0];

describe("publish-to-kafka, from the stream", () => {
  const stream = () => ({ Records: rig.tables.changes.map((change, i) => streamRecord(change, i, rig)) });

  test("F6: writes each transition once, with the order id as its key, independently of SNS", async () => {
    const [a, b] = [order("a"), order("b")];
    await rig.tables.orders.place(a);
    await rig.tables.orders.place(b);
    await rig.tables.orders.move(a.orderId, "CANCELLED", 0);

    expect(await invoke("publish-to-kafka", stream())).toEqual({ batchItemFailures: [] });
    await invoke("publish-events", stream());

    expect(values()).toEqual(rig.publisher.topic);
    expect(keys()).toEqual([a.orderId, b.orderId, a.orderId]);
    expect(firstHeaders()).toEqual({ ...CLOUD_EVENT, type: "order.created" });
    expect(rig.out.total(METRICS.published)).toBe(6);
  });

  test("F7: two runs over the same records publish events with the same ids", async () => {
    await place(request(), "a");

    await invoke("publish-to-kafka", stream());
    await invoke("publish-to-kafka", stream());

    const ids = values().map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test("F10: parks a record that Kafka refuses permanently and writes the others", async () => {
    for (const key of ["a", "b", "c"]) await place(request(), key);
    const second = rig.tables.changes[1]?.after.orderId;
    rig.kafka.refuse = ({ subject }) => (subject === second ? refusal(true) : undefined);

    expect(await invoke("publish-to-kafka", stream())).toEqual(reported());

    expect(rig.kafka.records).toHaveLength(2);
    expect(failed()).toMatchObject([
      { failedKey: `publish-to-kafka~${second}:1:order.created`, reason: "PUBLISH_FAILED", status: "OPEN" },
    ]);
  });

  test.each([
    ["is reported for a minute", 60_000, ["1"], 0],
    ["is parked after it, so that the shard continues", 60_001, [], 1],
  ])("F7: an event that Kafka refuses for now %s", async (_, later, reports, rows) => {
    await place(request(), "a");
    const event = stream();
    rig.clock.advance(later);
    rig.kafka.refuse = () => refusal(false);

    expect(await invoke("publish-to-kafka", event)).toEqual(reported(...reports));
    expect(failed()).toHaveLength(rows);
    expect(rig.out.total(METRICS.kafkaPublishFailed)).toBe(1);
    expect(rig.out.total(METRICS.publishFailed)).toBe(0);
  });

  test("an outage of Kafka does not stop SNS, and an outage of SNS does not stop Kafka", async () => {
    await place(request(), "a");
    rig.kafka.refuse = () => refusal(false);
    expect(await invoke("publish-to-kafka", stream())).toEqual(reported("1"));
    expect(await invoke("publish-events", stream())).toEqual(reported());

    rig.kafka.refuse = () => undefined;
    rig.publisher.refuse = () => refusal(false);
    expect(await invoke("publish-to-kafka", stream())).toEqual(reported());
    expect(await invoke("publish-events", stream())).toEqual(reported("1"));
  });
});

describe("publish-to-kafka, from its queue", () => {
  const event = created(order("1"));
  const ownKey = `publish-to-kafka~${event.id}`;
  const consumersKey = `order-events-kafka~${event.id}`;
  const deliver = (attributes: Attributes, receiveCount = 1) =>
    invoke("publish-to-kafka", sqsEvent(sqsRecord(event, { messageId: "m", attributes, receiveCount })));
  const marks = (failedKey: string) => ({
    type: "order.created",
    dlqRetryCount: "0",
    redriveId: "r",
    failedKey,
  });
  const put = (consumer: string, failedKey: string) => {
    const row = failedRow({ ...facts({ consumer }), failedKey, reason: "PUBLISH_FAILED" }, "REDRIVEN");
    rig.tables.rows.failed.set(failedKey, row);
  };

  test("writes a redriven event that Kafka had refused and resolves its row", async () => {
    put("publish-to-kafka", ownKey);

    expect(await deliver(marks(ownKey))).toEqual(reported());

    expect(values()).toEqual([event]);
    expect(firstHeaders()).toEqual({ ...CLOUD_EVENT, type: "order.created" });
    expect(failed()).toMatchObject([
      { status: "RESOLVED", history: [{ act: "park" }, { act: "resolve", by: "publish-to-kafka" }] },
    ]);
  });

  test("writes a message for the topic's consumer with its redrive attributes; its row keeps waiting", async () => {
    put("order-events-kafka", consumersKey);

    expect(await deliver({ ...marks(consumersKey), other: "x" })).toEqual(reported());

    expect(firstHeaders()).toEqual({
      ...CLOUD_EVENT,
      ...marks(consumersKey),
      other: "x",
    });
    expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
  });

  test("K2: binary attributes are written as their bytes, and all of ten are written", async () => {
    const attributes: Attributes = {
      type: "order.created",
      bytes: { type: "Binary", value: Buffer.from([0, 255, 128]).toString("base64") },
      ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`a${i}`, "x"])),
    };

    expect(await deliver(attributes)).toEqual(reported());

    expect(firstHeaders()).toEqual({ ...CLOUD_EVENT, ...attributes });
  });

  test("writes an event without redrive attributes and creates no row", async () => {
    expect(await deliver({ type: "order.created" })).toEqual(reported());

    expect(values()).toEqual([event]);
    expect(failed()).toEqual([]);
  });

  test.each([ownKey, consumersKey])("E2: %s is not acknowledged while Kafka refuses it", async (key) => {
    put(key.split("~")[0] ?? "", key);
    rig.kafka.refuse = () => refusal(false);

    expect(await deliver(marks(key))).toEqual(reported("m"));
    expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
  });

  test.each([ownKey, consumersKey])(
    "C6: the last attempt of %s stores its reason in the row",
    async (key) => {
      put(key.split("~")[0] ?? "", key);
      rig.kafka.refuse = () => refusal(false);

      expect(await deliver(marks(key), 5)).toEqual(reported("m"));
      expect(failed()).toMatchObject([{ failedKey: key, status: "RETRYING", errorMessage: "no" }]);
    },
  );

  test.each([ownKey, consumersKey])("F10: reopens %s when Kafka refuses it permanently", async (key) => {
    put(key.split("~")[0] ?? "", key);
    rig.kafka.refuse = () => refusal(true);

    expect(await deliver(marks(key))).toEqual(reported());
    expect(failed()).toMatchObject([{ failedKey: key, status: "OPEN", reason: "PUBLISH_FAILED" }]);
  });

  test("makes no call to SQS, which has no endpoint in its network", async () => {
    rig.kafka.refuse = () => refusal(false);

    await deliver(marks(ownKey));

    expect(rig.calls.filter((call) => call.startsWith("queues."))).toEqual([]);
  });

  test("G1: parks a malformed body at its first attempt and writes the other record", async () => {
    const response = await invoke("publish-to-kafka", sqsEvent(sqsRecord("{"), sqsRecord(event)));

    expect(response).toEqual(reported());
    expect(values()).toEqual([event]);
    expect(failed()).toMatchObject([{ consumer: "publish-to-kafka", reason: "MALFORMED_JSON" }]);
  });

  test.each<[string, unknown]>([
    ["another source", { Records: [{ eventSource: "aws:s3" }] }],
    ["Kafka itself", { eventSource: "aws:kafka", records: {} }],
    ["no records", {}],
    ["an empty list of records", { Records: [] }],
    ["a property of every object", { Records: [{ eventSource: "constructor" }] }],
    ["nothing", undefined],
  ])("fails closed on an event of %s", async (_, foreign) => {
    await expect(invoke("publish-to-kafka", foreign)).rejects.toThrow("aws:dynamodb and aws:sqs");
  });
});
