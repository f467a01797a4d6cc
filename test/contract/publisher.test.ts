import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { snsClient, snsPublisher } from "../../functions/adapters/sns-publisher.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { isOutage } from "../../functions/middleware/http.ts";
import type { Messaging } from "../../lib/emulator/services/start-messaging.ts";
import { memoryKafka } from "../fakes/memory-kafka.ts";
import { memoryPublisher } from "../fakes/memory-publisher.ts";
import { created, order } from "../fixtures/events.ts";
import { describePublisher } from "./publisher-suite.ts";
import { messaging, newQueue } from "./services.ts";

describePublisher("in memory", async () => {
  const publisher = memoryPublisher();
  return { publisher, published: async () => publisher.texts };
});

describePublisher("of Kafka in memory", async () => {
  const publisher = memoryKafka(Date.now);
  const published = async () =>
    publisher.records.map(({ value }) => Buffer.from(String(value), "base64").toString());
  return { publisher, published };
});

let service: Messaging;
let made = 0;
beforeAll(async () => {
  service = await messaging();
});
afterAll(() => service.close());

/** A topic with one queue that receives order.created only, raw. */
async function newTopic() {
  const { CreateTopicCommand, SubscribeCommand } = await import("@aws-sdk/client-sns");
  const { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
  made += 1;
  const sns = snsClient();
  const sqs = new SQSClient({});
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: `topic-${made}` }));
  const { url: QueueUrl, arn } = newQueue(service, `published-${made}`);
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: arn,
      Attributes: { RawMessageDelivery: "true", FilterPolicy: '{"type":["order.created"]}' },
    }),
  );
  return {
    publisher: snsPublisher(sns, TopicArn, systemClock),
    async published() {
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) return bodies;
        bodies.push(...Messages.map(({ Body = "" }) => Body));
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
  };
}

describePublisher("in SNS", newTopic);

describe("the publisher in SNS", () => {
  const event = created(order("1"));

  test("B11: sets the attribute by which subscriptions filter", async () => {
    const { publisher, published } = await newTopic();
    const other: OrderEvent = { ...event, type: "order.rejected" };

    await publisher.publish([{ event }, { event: other }]);

    expect(await published()).toEqual([JSON.stringify(event)]);
  });

  test("A9: a missing topic refuses every event without a rejection", async () => {
    const { TopicArn } = { TopicArn: "arn:aws:sns:eu-central-1:000000000000:gone" };

    const answers = await snsPublisher(snsClient(), TopicArn, systemClock).publish([{ event }, { event }]);

    expect(answers).toMatchObject([
      { kind: "refused", permanent: false },
      { kind: "refused", permanent: false },
    ]);
  });

  test("the topic check reports whether the topic exists", async () => {
    const { publisher } = await newTopic();
    const gone = snsPublisher(snsClient(), "arn:aws:sns:eu-central-1:000000000000:gone", systemClock);

    await expect(publisher.checkExists()).resolves.toBeUndefined();
    await expect(gone.checkExists()).rejects.toSatisfy((error) => !isOutage(error));
  });

  test.each<[string, object, unknown]>([
    [
      "an entry that fails by the sender's fault",
      {
        Successful: [{ Id: "0" }],
        Failed: [{ Id: "1", SenderFault: true, Code: "InvalidParameter", Message: "no" }],
      },
      { kind: "refused", permanent: true },
    ],
    [
      "an entry that fails by the topic's fault",
      { Successful: [{ Id: "0" }], Failed: [{ Id: "1", SenderFault: false, Code: "InternalError" }] },
      { kind: "refused", permanent: false },
    ],
    [
      "an entry that is missing in the reply",
      { Successful: [{ Id: "0" }] },
      { kind: "refused", permanent: false },
    ],
  ])("A12: %s is refused, and its neighbour published", async (_, reply, second) => {
    const client = { send: async () => reply } as unknown as ReturnType<typeof snsClient>;

    expect(await snsPublisher(client, "arn", systemClock).publish([{ event }, { event }])).toMatchObject([
      { kind: "published" },
      second,
    ]);
  });

  test("A12: a reply without entries publishes nothing", async () => {
    const client = { send: async () => ({}) } as unknown as ReturnType<typeof snsClient>;

    expect(await snsPublisher(client, "arn", systemClock).publish([{ event }])).toMatchObject([
      { kind: "refused", permanent: false },
    ]);
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
  test.each(["KMSDisabledException", "KMSAccessDeniedException", "KMSInvalidStateException"])(
    "J6: the key error %s refuses every event for now, with its name",
    async (name) => {
      const error = Object.assign(new Error("the key"), { name });
      const client = { send: () => Promise.reject(error) } as unknown as ReturnType<typeof snsClient>;

      expect(await snsPublisher(client, "arn", systemClock).publish([{ event }, { event }])).toEqual(
        Array(2).fill({ kind: "refused", permanent: false, error }),
      );
    },
  );

  // https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
  test.each(["Throttled", "ThrottledException", "ThrottlingException", "Throttling"])(
    "A12: the error %s of a call or of an entry is a throttle",
    async (name) => {
      const error = Object.assign(new Error("Rate exceeded"), { name });
      const ofCall = { send: () => Promise.reject(error) } as unknown as ReturnType<typeof snsClient>;
      const Failed = [{ Id: "0", Code: name, SenderFault: false }];
      const ofEntry = { send: async () => ({ Failed }) } as unknown as ReturnType<typeof snsClient>;

      for (const client of [ofCall, ofEntry])
        expect(await snsPublisher(client, "arn", systemClock).publish([{ event }])).toMatchObject([
          { kind: "refused", permanent: false, isThrottle: true },
        ]);
    },
  );

  test("A12: after a batch that is refused for now nothing is published, because the stream delivers all again", async () => {
    let calls = 0;
    const client = {
      async send(command: { input: { PublishBatchRequestEntries: { Id: string }[] } }) {
        calls += 1;
        if (calls === 1) throw new Error("reset");
        return { Successful: command.input.PublishBatchRequestEntries };
      },
    } as unknown as ReturnType<typeof snsClient>;

    const answers = await snsPublisher(client, "arn", systemClock).publish(
      Array.from({ length: 12 }, () => ({ event })),
    );

    expect(answers).toEqual(Array(12).fill(expect.objectContaining({ kind: "refused", permanent: false })));
    expect(calls).toBe(1);
  });
});
