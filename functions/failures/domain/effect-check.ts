import { CONSUMERS, type ConsumerName, EVENT_TYPES, type EventType } from "../../contract/names.ts";
import { type Order, orderIdOfEvent } from "../../orders/domain/order.ts";
import type { FailedMessage } from "./failed-message.ts";

/** What the tables hold about the effect of a failed message. */
export interface Evidence {
  readonly order: Order | undefined;
  readonly notification: "none" | "sending" | "sent";
}

/** Whether the effect of a message is in the tables, or no longer wanted, and by what that shows. */
export interface Effect {
  readonly effect: "there" | "not there" | "unknown";
  readonly because: string;
}

/** The effect of one failed message. `unknown` is never evidence to resolve it. */
export function checkEffect(row: FailedMessage, evidence: Evidence): Effect {
  const consumer = knownConsumer(row);
  if (consumer === undefined) return unknown(`no consumer ${row.consumer} is known`);
  const { order } = evidence;
  if (order === undefined || orderIdOfEvent(row.eventId) !== order.orderId) {
    return unknown("no order belongs to it");
  }
  const because = effectOf(consumer, row, order, evidence.notification);
  if (because !== undefined) return { effect: "there", because };
  if (isMailInDoubt(row, evidence)) return unknown("the mail may or may not be sent");
  return { effect: "not there", because: `the order is ${order.status}` };
}

/** `undefined` for a row that was written by a version with other consumers. */
export function knownConsumer({ consumer }: Pick<FailedMessage, "consumer">): ConsumerName | undefined {
  return CONSUMERS.find((known) => known === consumer);
}

/** Only of the notifier: a row of a publisher holds an event for all, and the notifier decides about its own. */
export function isMailInDoubt(row: FailedMessage, { notification }: Evidence): boolean {
  return row.consumer === "notify-customer" && notification === "sending";
}

/** What shows that the effect is there or no longer wanted; `undefined` where nothing does. */
function effectOf(
  consumer: ConsumerName,
  row: FailedMessage,
  order: Order,
  notification: Evidence["notification"],
): string | undefined {
  // The event was made wrong: an operator has to see it, whatever became of the order.
  if (row.reason === "EVENT_CONTRADICTS_ORDER") return undefined;
  switch (consumer) {
    case "order-created":
      return reserved(order);
    case "order-cancelled":
      return released(order);
    case "order-events-kafka":
      return row.eventType === "order.cancelled" ? released(order) : reserved(order);
    case "notify-customer":
      return notified(row, order, notification);
    case "publish-events":
      return published(row, order, notification);
    case "publish-to-kafka":
      // Other readers of the topic still lack the event, so the order proves nothing.
      return undefined;
    default:
      return consumer satisfies never;
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
  // A claim that is neither sent nor released has an unknown outcome: the operator decides, superseded or not.
  return state === "none" && order.version > version ? "the order has changed since" : undefined;
}

function published(row: FailedMessage, order: Order, state: Evidence["notification"]): string | undefined {
  const type: EventType | undefined = EVENT_TYPES.find((known) => known === row.eventType);
  switch (type) {
    case "order.created":
      return reserved(order);
    case "order.cancelled":
      return order.stockHeld === true ? undefined : notified(row, order, state);
    case "order.confirmed":
    case "order.rejected":
      return notified(row, order, state);
    case undefined:
      return undefined;
    default:
      return type satisfies never;
  }
}

const unknown = (because: string): Effect => ({ effect: "unknown", because });
