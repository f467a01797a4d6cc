import type { FailedMessage, FailedWrite } from "../../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../../functions/failures/domain/failed-transition.ts";
import { eventOf, newOrder } from "../../../../functions/orders/domain/order.ts";

const ERROR = new Error(
  "The stock row of SKU-1042 has no number of units: it is NULL since the import of 03:12 UTC.",
);

/** A message of an order of three lines that failed 20 times, then was parked: a usual row of an outage. */
export function parkedRow(name: string, at: number, consumer = "order-created"): FailedMessage {
  const lines = ["a", "b", "c"].map((sku) => ({ sku: `SKU-${sku}`, quantity: 1, unitPrice: 1_999 }));
  const contact = { email: "ada@example.com" };
  const event = eventOf(
    newOrder({ customerId: `customer-${name}`, contact, currency: "EUR", lines }, name, at),
  );
  const { id: eventId, type: eventType, subject: orderId } = event;
  const facts = {
    consumer,
    source: `arn:aws:sqs:eu-central-1:000000000000:order-events-prod-${consumer}`,
    body: JSON.stringify(event),
    attributes: { type: eventType, dlqRetryCount: "3", failedKey: `${consumer}~${eventId}` },
    ...{ eventId, eventType, orderId },
    failedKey: `${consumer}~${eventId}`,
  };
  const writes: readonly FailedWrite[] = [
    ...Array.from({ length: 3 }).flatMap(() => [
      { kind: "last-attempt", error: ERROR } as const,
      { kind: "retry", leftOut: [] } as const,
    ]),
    { kind: "last-attempt", error: ERROR },
    { kind: "park", reason: "RETRIES_EXHAUSTED", error: ERROR },
  ];
  const row = writes.reduce<FailedMessage | undefined>(
    (before, write, i) =>
      transition(before, write, { now: at, writeId: `${eventId}-${i}`, returnWithinSeconds: 3_600 }, facts),
    undefined,
  );
  if (row === undefined) throw new Error("A message without a row can be parked.");
  return row;
}
