import { QUEUE_CONSUMERS, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import { type EventType, STATUS_RULES } from "../../../functions/contract/order-status.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import type { FinalState } from "./final-state.ts";

/** One event for one of its consumers. */
export interface Delivery {
  readonly consumer: (typeof QUEUE_CONSUMERS)[number];
  readonly order: Order;
  readonly version: number;
  readonly type: EventType;
  readonly eventId: string;
}

/** The location of an event at rest. An event without one is lost, one with two is duplicated. */
export type Location = "done" | "superseded" | "in the store";

/**
 * The events of a row, one for each status it has had. The second status of a cancelled order follows from `stockHeld`,
 * which only confirmed orders have.
 */
export function eventsOf({ status, version, stockHeld }: Order): EventType[] {
  const events: EventType[] = ["order.created"];
  if (version > 2) events.push(stockHeld === undefined ? "order.rejected" : "order.confirmed");
  if (version > 1 && status !== "PENDING") events.push(STATUS_RULES[status].event);
  return events;
}

/** Each event of each order, for every consumer that subscribes to it. */
export function* deliveriesOf(orders: Iterable<Order>): Generator<Delivery> {
  for (const order of orders) {
    for (const [index, type] of eventsOf(order).entries()) {
      const version = index + 1;
      const eventId = `${order.orderId}:${version}:${type}`;
      for (const consumer of QUEUE_CONSUMERS) {
        const types: readonly EventType[] = SUBSCRIPTIONS[consumer];
        if (types.includes(type)) yield { consumer, order, version, type, eventId };
      }
    }
  }
}

/** All locations of an event. */
export function locationsOf(delivery: Delivery, state: FinalState): Location[] {
  const effect = effectOf(delivery, state);
  return [
    ...(effect === undefined ? [] : [effect]),
    ...(isOpen(delivery, state) ? ["in the store" as const] : []),
  ];
}

function effectOf(delivery: Delivery, state: FinalState): "done" | "superseded" | undefined {
  const { consumer, order, version, eventId } = delivery;
  const { claims, mailed, audit } = state;
  switch (consumer) {
    case "order-created":
      return order.status === "PENDING" ? undefined : "done";
    case "order-cancelled":
      return order.stockHeld === true ? undefined : "done";
    case "notify-customer": {
      const claim = claims.get(eventId);
      if (claim === undefined || claim.state === "SKIPPED")
        return order.version > version ? "superseded" : undefined;
      // Where the mark of a mail was lost, the mailbox decides, unless the mail is listed.
      const hasLeft = claim.state === "SENT" || (mailed.has(eventId) && !isOpen(delivery, state));
      return hasLeft ? "done" : undefined;
    }
    // The effect of any other consumer follows from its outcomes.
    default:
      return (audit.of(consumer, eventId)["done"] ?? 0) > 0 ? "done" : undefined;
  }
}

function isOpen({ consumer, eventId }: Delivery, { failed }: FinalState): boolean {
  const status = failed.get(`${consumer}~${eventId}`)?.status;
  return status === "OPEN" || failed.get(`publish-events~${eventId}`)?.status === "OPEN";
}

/** Whether the consumer has an outcome for the event, or the store has a row. */
export function hasOutcome({ consumer, eventId }: Delivery, { audit, failed }: FinalState): boolean {
  const { done = 0, duplicate = 0, ignored = 0, park = 0 } = audit.of(consumer, eventId);
  const isKnown = failed.has(`${consumer}~${eventId}`) || failed.has(`publish-events~${eventId}`);
  return done + duplicate + ignored + park > 0 || isKnown;
}
