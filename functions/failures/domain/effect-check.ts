import { type Order, orderIdOfEvent } from "../../orders/domain/order.ts";
import type { FailedMessage } from "./failed-message.ts";

/** What the tables say about the effect of a failed message. */
export interface Evidence {
  readonly order: Order | undefined;
  readonly notification: "none" | "sending" | "sent";
}

/**
 * Why a failed message needs no one any more: its effect is there, or no longer wanted.
 * `undefined` where that cannot be said.
 */
export function effectSettledBecause(row: FailedMessage, evidence: Evidence): string | undefined {
  const { order } = evidence;
  if (order === undefined || orderIdOfEvent(row.eventId) !== order.orderId) return undefined;
  // Somebody made an event that differs from its order: whatever became of the order, a person has to see that.
  if (row.reason === "EVENT_CONTRADICTS_ORDER") return undefined;
  switch (row.consumer) {
    case "order-created":
      return reserved(order);
    case "order-cancelled":
      return released(order);
    case "order-events-kafka":
      return row.eventType === "order.cancelled" ? released(order) : reserved(order);
    case "notify-customer":
      return notified(row, order, evidence.notification);
    case "publish-events":
      return published(row, order, evidence.notification);
    // Others may read the topic of publish-to-kafka: an event that is missing there stays missing.
    default:
      return undefined;
  }
}

function reserved({ status }: Order): string | undefined {
  return status === "PENDING" ? undefined : `the order is ${status}`;
}

function released({ status, stockHeld }: Order): string | undefined {
  return status === "CANCELLED" && stockHeld !== true ? "no stock is held" : undefined;
}

function notified(row: FailedMessage, order: Order, state: Evidence["notification"]): string | undefined {
  if (state === "sent") return "the mail was sent";
  const version = Number(row.eventId?.split(":")[1]);
  // A claim that is neither sent nor taken back has an unknown outcome: a person decides, superseded or not.
  return state === "none" && order.version > version ? "the order has changed since" : undefined;
}

function published(row: FailedMessage, order: Order, state: Evidence["notification"]): string | undefined {
  switch (row.eventType) {
    case "order.created":
      return order.status === "PENDING" ? undefined : `the order is ${order.status}`;
    case "order.cancelled":
      return order.stockHeld === true ? undefined : notified(row, order, state);
    default:
      return notified(row, order, state);
  }
}
