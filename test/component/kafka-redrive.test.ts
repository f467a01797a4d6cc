import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type FailedMessage, failedKeyOf } from "../../functions/failures/domain/failed-message.ts";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { kafkaEvent, kafkaRecord } from "../fixtures/kafka-events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { operator, ops, redrive } from "./operator-api.ts";
import { deadLetterArnOf, deployKafka, invoke, newRig, queueUrlOf, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  deployKafka(true);
  rig = newRig();
});
afterAll(() => deployKafka(false));

const QUEUE = queueUrlOf("publish-to-kafka");

/** A row of a PENDING order, parked this many minutes ago. */
async function parked(consumer: string, key = "1", changes: Partial<FailedMessage> = {}) {
  const row = order(key);
  const event = created(row);
  await rig.tables.orders.place(row);
  await rig.tables.stock.count("TEA-1", 5);
  const message = facts({
    consumer,
    body: JSON.stringify(event),
    attributes: { type: event.type },
    eventId: event.id,
    orderId: event.subject,
  });
  const at = new Date(rig.clock.now() - 60_000).toISOString();
  const failedKey = failedKeyOf(message);
  rig.tables.rows.failed.set(
    failedKey,
    failedRow({ ...message, failedKey, reason: "PUBLISH_FAILED", lastAt: at, dueAt: at, ...changes }),
  );
  return { failedKey, event };
}

/** Publishes all messages of the publisher's queue. */
async function publishQueued(): Promise<void> {
  const messages = rig.queues.sent.splice(0).filter(({ queueUrl }) => queueUrl === QUEUE);
  if (messages.length === 0) return;
  const records = messages.map(({ body, attributes }) => sqsRecord(body, { attributes }));
  expect(await invoke("publish-to-kafka", sqsEvent(...records))).toEqual(reported());
}

/** Publishes all messages of the publisher's queue, and delivers them to the consumer of the topic. */
async function carry(): Promise<void> {
  await publishQueued();
  const written = rig.kafka.records.splice(0);
  expect(await invoke("order-events-kafka", kafkaEvent(...written))).toEqual(reported());
}

describe("republish", () => {
  test("sends an event that Kafka refused to the publisher's queue; the topic's acknowledgement resolves its row", async () => {
    const { failedKey, event } = await parked("publish-to-kafka");

    await invoke("maintenance", {});

    expect(rig.publisher.topic).toEqual([]);
    expect(rig.queues.sent).toMatchObject([
      {
        queueUrl: QUEUE,
        body: JSON.stringify(event),
        attributes: { type: event.type, dlqRetryCount: "0", redriveId: expect.any(String), failedKey },
      },
    ]);
    expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
    await carry();
    expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
    expect(rig.tables.rows.orders.get(event.subject)?.status).toBe("CONFIRMED");
  });

  test("reopens the row and retries later when the queue refuses the message", async () => {
    await parked("publish-to-kafka");
    rig.faults.before = (call) => {
      if (call === "queues.send") throw new Error("down");
    };
    await invoke("maintenance", {});
    expect(failed()).toMatchObject([{ status: "OPEN", errorMessage: "down" }]);

    rig.faults.before = () => {};
    rig.clock.advance(60_000);
    await invoke("maintenance", {});

    expect(rig.queues.sent).toHaveLength(1);
  });

  test.each([
    ["its consumer's rows", "order-events-kafka", {}],
    ["a malformed message", "publish-to-kafka", { body: "{" }],
  ])("leaves %s to an operator", async (_, consumer, changes) => {
    await parked(consumer, "1", changes);

    await invoke("maintenance", {});

    expect(rig.queues.sent).toEqual([]);
    expect(failed()).toMatchObject([{ status: "OPEN" }]);
  });

  test("leaves rows of a removed Kafka open and continues with the others", async () => {
    deployKafka(false);
    await parked("publish-to-kafka", "1");
    const { event } = await parked("publish-events", "2");

    await invoke("maintenance", {});

    expect(rig.queues.sent).toEqual([]);
    expect(rig.publisher.topic).toEqual([event]);
    expect(failed().map(({ status }) => status)).toEqual(["OPEN", "RESOLVED"]);
  });

  test("A16: a batch that crashed the Kafka publisher is parked as its failure, beside the other's", async () => {
    const event = created(order("a"));
    rig.crashedBatches.objects.set("kafka/1", [event]).set("sns/1", [event]);

    await invoke("maintenance", {});

    expect(failed().map(({ consumer }) => consumer)).toEqual(["publish-to-kafka", "publish-events"]);
  });

  test("a row of the Kafka publisher stays open although its order is final, because the topic may have other readers", async () => {
    const { event } = await parked("publish-to-kafka", "1", {
      lastAt: new Date(rig.clock.now()).toISOString(),
    });
    const row = rig.tables.rows.orders.get(event.subject);
    if (row !== undefined)
      rig.tables.rows.orders.set(event.subject, { ...row, status: "CONFIRMED", version: 2 });

    await invoke("maintenance", {});

    expect(failed()).toMatchObject([{ status: "OPEN" }]);
  });
});

describe("an operator's redrive", () => {
  test.each(["publish-to-kafka", "order-events-kafka"])(
    "E9: of a row of %s goes through the queue to the topic, and the outcome of its consumer decides",
    async (consumer) => {
      const { failedKey, event } = await parked(consumer);

      expect(await redrive(failedKey)).toMatchObject({ status: 200, body: { outcome: "sent" } });

      expect(failed()).toMatchObject([{ status: "REDRIVEN" }]);
      await carry();
      expect(failed()).toMatchObject([
        { status: "RESOLVED", history: [{ act: "park" }, { act: "redrive" }, { by: consumer }] },
      ]);
      expect(rig.tables.rows.orders.get(event.subject)?.status).toBe("CONFIRMED");
      expect(await redrive(failedKey)).toMatchObject({ status: 200, body: { outcome: "resolved" } });
      expect(rig.queues.sent).toEqual([]);
    },
  );

  test("E10: sends nothing for a creation that Kafka's consumer failed when its order is final", async () => {
    const { failedKey, event } = await parked("order-events-kafka");
    await rig.tables.orders.move(event.subject, "CANCELLED", 0);

    expect(await redrive(failedKey)).toMatchObject({ status: 200, body: { outcome: "resolved" } });
    expect(rig.queues.sent).toEqual([]);
  });

  test.each(["publish-to-kafka", "order-events-kafka"])(
    "of a row of %s is refused with the reason where Kafka is not deployed",
    async (consumer) => {
      deployKafka(false);
      const { failedKey } = await parked(consumer);

      expect(await redrive(failedKey)).toMatchObject({
        status: 422,
        body: { code: "REDRIVE_REFUSED", detail: expect.stringContaining("Kafka is not deployed here") },
      });
      expect(failed()).toMatchObject([{ status: "OPEN", generation: 1 }]);
    },
  );

  test.each([
    ["publish-to-kafka", "is not on the Kafka topic"],
    ["order-events-kafka", "stays PENDING"],
  ])("a discard of a row of %s reports its consequences", async (consumer, left) => {
    const { failedKey } = await parked(consumer);

    const answer = await ops("POST /{failedKey}/discard", {
      key: failedKey,
      body: { why: "known", generation: 1 },
    });

    expect(JSON.stringify(answer.body)).toContain(left);
  });
});

test("C6: a redriven message in the dead-letter queue is retried in its queue with the key of the waiting row", async () => {
  const { failedKey, event } = await parked("order-events-kafka");
  const attributes = { type: event.type, dlqRetryCount: "0", redriveId: "r", failedKey };

  await invoke(
    "dead-letters",
    sqsEvent(sqsRecord(event, { attributes, queueArn: deadLetterArnOf("publish-to-kafka") })),
  );

  expect(rig.queues.sent).toMatchObject([{ queueUrl: QUEUE, attributes: { dlqRetryCount: "1", failedKey } }]);
  await carry();
  expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
});

describe("headers", () => {
  test("K2: that repeat or have no value are in the row, in its listing and in a redrive", async () => {
    const event = created(order("1"));
    const attributes: Attributes = {
      type: event.type,
      hop: { type: "String.headers", value: '["a","b",{"type":"Binary","value":"AP8="}]' },
      none: { type: "String.headers", value: "[null]" },
    };
    await invoke("order-events-kafka", kafkaEvent(kafkaRecord(event, { headers: attributes })));
    const [row] = failed();
    const failedKey = row?.failedKey ?? "";
    expect(row).toMatchObject({ status: "OPEN", reason: "UNKNOWN_ORDER", attributes });
    const held = await operator("GET /failed-message-bodies/{failedKey}", { key: failedKey });
    expect(held).toMatchObject({ body: { attributes } });
    await rig.tables.orders.place(order("1"));

    expect(await redrive(failedKey)).toMatchObject({ body: { outcome: "sent" } });

    await publishQueued();
    expect(rig.kafka.records[0]?.headers).toEqual(
      expect.arrayContaining([{ hop: [97] }, { hop: [98] }, { hop: [0, 255] }, { none: null }]),
    );
  });

  test("K2: that do not travel are named in the history and in the log", async () => {
    const event = created(order("1"));
    const bytes = Array.from({ length: 3_000 }, () => 65);
    const long = "n".repeat(3_000);
    const record = { ...kafkaRecord(event), headers: [{ large: bytes }, { "a b": [65] }, { [long]: [65] }] };
    await invoke("order-events-kafka", kafkaEvent(record));
    await rig.tables.orders.place(order("1"));

    await redrive(failed()[0]?.failedKey ?? "");

    const text = /sent without the attributes "large", "a b", "n{64}": the queue does not take them/;
    expect(failed()[0]?.history.at(-1)?.why).toMatch(text);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "operator", leftOut: expect.stringMatching(text) }),
    );
  });
});

test("K3: an untouched body for the topic is written byte for byte", async () => {
  const { failedKey, event } = await parked("publish-to-kafka");
  const body = JSON.stringify(event).replace("{", '{ "one":1.0,\n');

  await ops("POST /{failedKey}/edit", { key: failedKey, body: { body, why: "w" } });

  await publishQueued();
  expect(rig.kafka.records.map(({ value }) => Buffer.from(String(value), "base64").toString())).toEqual([
    body,
  ]);
});
