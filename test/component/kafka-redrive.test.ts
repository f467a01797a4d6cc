import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type FailedMessage, failedKeyOf } from "../../functions/failures/domain/failed-message.ts";
import { reported } from "../fakes/test-consumer.ts";
import { created, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import { kafkaEvent } from "../fixtures/kafka-events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { ops, redrive } from "./operator-api.ts";
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

/** Publishes all messages of the publisher's queue, and delivers them to the consumer of the topic. */
async function carry(): Promise<void> {
  const messages = rig.queues.sent.splice(0).filter(({ queueUrl }) => queueUrl === QUEUE);
  if (messages.length === 0) return;
  const records = messages.map(({ body, attributes }) => sqsRecord(body, { attributes }));
  expect(await invoke("publish-to-kafka", sqsEvent(...records))).toEqual(reported());
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
