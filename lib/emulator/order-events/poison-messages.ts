import { createHash, randomBytes } from "node:crypto";
import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import { eventIdOf } from "../../../functions/contract/order-status.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { randomOrderId } from "../../random-order-id.ts";

/** A message that its consumer cannot process. */
export interface PoisonMessage {
  readonly what: string;
  /** Key of the resulting failed message. */
  readonly failedKey: string;
  readonly body: string;
}

export const POISON_CONSUMER: QueueConsumer = "order-created";

/** A body that is not JSON, and an event of an unknown order. Each call makes new ones. */
export function poisonMessages(now: number): readonly PoisonMessage[] {
  const malformed = `{"this is": "no event ${randomBytes(6).toString("hex")}`;
  const event = strayEvent(now);
  return [
    {
      what: "a body that is not JSON",
      failedKey: `${POISON_CONSUMER}~${createHash("sha256").update(malformed).digest("hex")}`,
      body: malformed,
    },
    {
      what: "an event that contradicts the tables: its order does not exist",
      failedKey: `${POISON_CONSUMER}~${event.id}`,
      body: JSON.stringify(event),
    },
  ];
}

/** A valid event: only a look-up in the orders table shows that it is wrong. */
function strayEvent(now: number): OrderEvent {
  const subject = randomOrderId();
  return {
    specversion: "1.0",
    id: eventIdOf(subject, 1, "order.created"),
    type: "order.created",
    source: "order-events",
    subject,
    time: new Date(now).toISOString(),
    dataschema: "urn:order-events:order:1",
    data: {
      customerId: "c-1",
      orderVersion: 1,
      lines: [{ sku: "tea", quantity: 1, unitPrice: 450 }],
      amount: { currency: "EUR", minorUnits: 450 },
    },
  };
}

/** Sends them to a queue, bypassing the topic. Rejects where the queue does not accept one. */
export async function sendPoisonMessages(sqsEndpoint: string, queueUrl: string, now: number) {
  const put = poisonMessages(now);
  for (const { body } of put) {
    const response = await fetch(sqsEndpoint, {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage" },
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: body }),
    });
    if (!response.ok) throw new Error(`the queue answered ${response.status}: ${await response.text()}`);
  }
  return put.map(({ what, failedKey }) => ({ what, failedKey }));
}
