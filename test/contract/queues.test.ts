import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sqsQueues } from "../../functions/adapters/sqs-queues.ts";
import type { Attributes, AttributeValue } from "../../functions/middleware/attributes.ts";
import type { Queues } from "../../functions/publishing/ports/queues.ts";
import type { Messaging } from "../../lib/emulator/services/start-messaging.ts";
import { memoryQueues } from "../fakes/memory-queues.ts";
import { messaging, newQueue } from "./services.ts";

interface Received {
  readonly body: string;
  readonly attributes: Attributes;
  readonly receiptHandle: string;
}

interface Yard {
  readonly queues: Queues;
  readonly queueUrl: string;
  /** Receives up to 10 messages. */
  receive(): Promise<readonly Received[]>;
}

function describeQueues(name: string, make: () => Promise<Yard>): void {
  describe(`queues ${name}`, () => {
    let yard: Yard;
    beforeEach(async () => {
      yard = await make();
    });
    const send = (body: string, attributes: Attributes = {}, delaySeconds = 0) =>
      yard.queues.send({ queueUrl: yard.queueUrl, body, attributes, delaySeconds });

    test("send keeps body and attributes unchanged", async () => {
      const body = '{"a":"é \\" ✓"}';

      await send(body, {
        type: "order.created",
        dlqRetryCount: "1",
        failedKey: "order-created~x:1:order.created",
      });

      expect(await yard.receive()).toMatchObject([
        {
          body,
          attributes: {
            type: "order.created",
            dlqRetryCount: "1",
            failedKey: "order-created~x:1:order.created",
          },
        },
      ]);
    });

    test("K2: send keeps attributes of every type, also with names of object members", async () => {
      const attributes: Attributes = Object.fromEntries([
        ["count", { type: "Number", value: "73314510714175488123" }],
        ["ratio", { type: "Number.float", value: "1.0" }],
        ["doc", { type: "String.json", value: '{"a":1}' }],
        ["bytes", { type: "Binary", value: Buffer.from([0, 255, 128]).toString("base64") }],
        ["png", { type: "Binary.png", value: Buffer.from("x").toString("base64") }],
        ["hop", { type: "String.headers", value: '["a",null,"\\u0000"]' }],
        ["text", "é"],
        ["constructor", "c"],
        ["toString", "t"],
      ]);

      await send("x", attributes);

      const [message] = await yard.receive();
      expect(Object.entries(message?.attributes ?? {}).sort(byName)).toEqual(
        Object.entries(attributes).sort(byName),
      );
    });

    test("the backlog is the number of waiting messages", async () => {
      expect(await yard.queues.backlog(yard.queueUrl)).toBe(0);
      for (let i = 0; i < 3; i++) await send(String(i));

      expect(await yard.queues.backlog(yard.queueUrl)).toBe(3);
    });

    test("sets the visibility of up to 10 messages in a call", async () => {
      for (let i = 0; i < 10; i++) await send(String(i));
      const entries = (await yard.receive()).map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 }));

      await yard.queues.changeVisibility(yard.queueUrl, entries);

      expect(entries).toHaveLength(10);
    });

    test("refuses 11 in a call", async () => {
      const entries = Array.from({ length: 11 }, (_, i) => ({ receiptHandle: String(i), seconds: 0 }));

      await expect(yard.queues.changeVisibility(yard.queueUrl, entries)).rejects.toThrow();
    });
  });
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

describeQueues("in memory", async () => {
  const queues = memoryQueues();
  return {
    queues,
    queueUrl: "http://q",
    receive: async () =>
      queues.sent
        .slice(0, 10)
        .map(({ body, attributes }, i) => ({ body, attributes, receiptHandle: String(i) })),
  };
});

let service: Messaging;
let made = 0;
beforeAll(async () => {
  service = await messaging();
});
afterAll(() => service.close());

function received({ DataType = "", StringValue = "", BinaryValue }: MessageAttributeValue): AttributeValue {
  if (DataType === "String") return StringValue;
  const value = BinaryValue === undefined ? StringValue : Buffer.from(BinaryValue).toString("base64");
  return { type: DataType, value };
}

async function openQueue() {
  const { SQSClient, ReceiveMessageCommand } = await import("@aws-sdk/client-sqs");
  const client = new SQSClient({});
  made += 1;
  const { url: QueueUrl } = newQueue(service, `queue-${made}`);
  return {
    queueUrl: QueueUrl,
    async receive() {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          VisibilityTimeout: 60,
        }),
      );
      return Messages.map(({ Body = "", ReceiptHandle = "", MessageAttributes = {} }) => ({
        body: Body,
        receiptHandle: ReceiptHandle,
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([key, value]) => [key, received(value)]),
        ),
      }));
    },
  };
}

describeQueues("in SQS", async () => ({ queues: sqsQueues(), ...(await openQueue()) }));

describe("queues in SQS", () => {
  test("a delayed message waits, and a visibility of 0 makes a message visible at once", async () => {
    const queues = sqsQueues();
    const { queueUrl, receive } = await openQueue();
    await queues.send({ queueUrl, body: "later", attributes: {}, delaySeconds: 900 });
    await queues.send({ queueUrl, body: "now", attributes: {}, delaySeconds: 0 });

    const [first, ...others] = await receive();
    expect([first?.body, others]).toEqual(["now", []]);
    expect(await receive()).toEqual([]);
    await queues.changeVisibility(queueUrl, [{ receiptHandle: first?.receiptHandle ?? "", seconds: 0 }]);

    expect(await receive()).toMatchObject([{ body: "now" }]);
  });

  test("E3: a missing queue rejects, so that the caller keeps the message", async () => {
    const { queueUrl } = await openQueue();
    const message = { queueUrl: `${queueUrl}-gone`, body: "x", attributes: {}, delaySeconds: 0 };

    await expect(sqsQueues().send(message)).rejects.toThrow();
    await expect(sqsQueues().backlog(message.queueUrl)).rejects.toThrow();
  });
});
