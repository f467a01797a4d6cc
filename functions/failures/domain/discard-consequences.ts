import { checkEffect, type Evidence, isMailInDoubt, knownConsumer } from "./effect-check.ts";
import type { FailedMessage } from "./failed-message.ts";

/** What stays undone when a message is discarded, one sentence each. Empty only where that is known to be nothing. */
export function discardConsequences(row: FailedMessage, evidence: Evidence): readonly string[] {
  const { order } = evidence;
  const consumer = knownConsumer(row);
  if (consumer === undefined) return [`What stays undone is not known for consumer ${row.consumer}.`];
  if (checkEffect(row, evidence).effect === "there") return [];
  if (order === undefined) return ["No order is known for this message: what stays undone is not known."];
  switch (consumer) {
    case "order-created":
      return [pending(order.orderId)];
    case "order-cancelled":
      return order.stockHeld === true ? [held(order)] : [];
    case "order-events-kafka":
      if (row.eventType !== "order.cancelled") return [pending(order.orderId)];
      return order.stockHeld === true ? [held(order)] : [];
    case "publish-to-kafka":
      return [
        `${row.eventType} of order ${order.orderId} is not on the Kafka topic: no reader of the topic receives it.`,
        ...(order.status === "PENDING" ? [pending(order.orderId)] : []),
        ...(order.status === "CANCELLED" && order.stockHeld === true ? [held(order)] : []),
      ];
    case "notify-customer":
      return [
        isMailInDoubt(row, evidence)
          ? `The mail about ${row.eventType} of order ${order.orderId} may or may not be sent.`
          : unsent(row, order.orderId),
      ];
    case "publish-events":
      return [
        `${row.eventType} of order ${order.orderId} is not published: no consumer receives it.`,
        ...(order.status === "PENDING" ? [pending(order.orderId)] : [unsent(row, order.orderId)]),
        ...(order.status === "CANCELLED" && order.stockHeld === true ? [held(order)] : []),
      ];
    default:
      return consumer satisfies never;
  }
}

const pending = (orderId: string) => `Order ${orderId} stays PENDING: no stock is held for it.`;

const unsent = (row: FailedMessage, orderId: string) =>
  `The mail about ${row.eventType} of order ${orderId} is not sent.`;

function held({ orderId, lines }: NonNullable<Evidence["order"]>): string {
  const units = lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");
  return `Stock stays held for the cancelled order ${orderId}: ${units}.`;
}
