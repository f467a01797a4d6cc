import { createHash } from "node:crypto";
import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { EventType } from "../../functions/contract/order-status.ts";
import type { OrderEvent, OrderView } from "../../functions/contract/schemas.ts";
import type { Target } from "./target.ts";
import { untilTrue } from "./until.ts";

/** The event of an order at a version, as the publisher makes it. */
export function eventAbout(order: OrderView, type: EventType, version = order.version): OrderEvent {
  return {
    specversion: "1.0",
    id: `${order.orderId}:${version}:${type}`,
    type,
    source: "order-events",
    subject: order.orderId,
    time: order.updatedAt,
    dataschema: "urn:order-events:order:1",
    data: { customerId: order.customerId, orderVersion: version, lines: order.lines, amount: order.amount },
  };
}

/** The key of a parked message, by the id of its event or the hash of a malformed body. */
export function failedKey(consumer: string, message: OrderEvent | string): string {
  const name = typeof message === "string" ? createHash("sha256").update(message).digest("hex") : message.id;
  return `${consumer}~${name}`;
}

const attributesOf = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );

const textOf = (message: OrderEvent | string) =>
  typeof message === "string" ? message : JSON.stringify(message);

/** Sends a message directly to a consumer's queue. */
export async function put(
  target: Target,
  consumer: QueueConsumer,
  message: OrderEvent | string,
  attributes: Readonly<Record<string, string>> = {},
  role?: "dead-letters",
): Promise<void> {
  await target.sqs.send(
    new SendMessageCommand({
      QueueUrl: await target.queueUrl(consumer, role),
      MessageBody: textOf(message),
      MessageAttributes: attributesOf(attributes),
    }),
  );
}

/** Sends up to ten messages in one call, so that they can be in one batch. */
export async function putTogether(
  target: Target,
  consumer: QueueConsumer,
  messages: readonly (OrderEvent | string)[],
): Promise<void> {
  const { Failed = [] } = await target.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: await target.queueUrl(consumer),
      Entries: messages.map((message, index) => ({ Id: String(index), MessageBody: textOf(message) })),
    }),
  );
  if (Failed.length > 0) throw new Error(`The queue refused: ${JSON.stringify(Failed)}`);
}

/** Number of visible, in-flight and delayed messages. */
export async function depthOf(
  target: Target,
  consumer: QueueConsumer,
  role?: "dead-letters",
): Promise<number> {
  const { Attributes = {} } = await target.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await target.queueUrl(consumer, role),
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, text) => sum + Number(text), 0);
}

/** Waits until all messages of the queue are acknowledged. */
export const drained = (target: Target, consumer: QueueConsumer, timeoutMs?: number): Promise<void> =>
  untilTrue(
    `the queue of ${consumer} is empty`,
    async () => (await depthOf(target, consumer)) === 0,
    timeoutMs,
  );
