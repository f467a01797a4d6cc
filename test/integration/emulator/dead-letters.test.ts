import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { type Messaging, startMessaging } from "../../../lib/emulator/services/start-messaging.ts";

const region = "eu-central-1";
let messaging: Messaging;
let sqs: SQSClient;
beforeEach(async () => {
  messaging = await startMessaging({ region });
  sqs = new SQSClient({ endpoint: messaging.endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 });
});
afterEach(async () => {
  sqs.destroy();
  await messaging.close();
});

const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
const receive = async (QueueUrl: string): Promise<Message | undefined> =>
  (
    await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        VisibilityTimeout: 0,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    )
  ).Messages?.[0];

// https://github.com/softwaremill/elasticmq/issues/386
test("K24: a message in the dead-letter queue has the id, time, body and attributes that it had before", async () => {
  const dead = await create("dead");
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] }),
  );
  const live = await create("live", {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 1 }),
  });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: live,
      MessageBody: "é",
      MessageAttributes: {
        n: { DataType: "Number.x", StringValue: "1.0" },
        b: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255]) },
      },
    }),
  );
  const before = await receive(live);
  // Its time is in milliseconds: a second one would be seen.
  await expect.poll(() => Date.now()).toBeGreaterThan(Number(before?.Attributes?.SentTimestamp));

  await expect.poll(async () => (await receive(live)) ?? "moved").toBe("moved");

  const after = await receive(dead);
  expect(before?.Body).toBe("é");
  for (const field of ["MessageId", "Body", "MD5OfBody", "MessageAttributes"] as const) {
    expect(after?.[field]).toEqual(before?.[field]);
  }
  expect(after?.Attributes?.SentTimestamp).toBe(before?.Attributes?.SentTimestamp);
});
