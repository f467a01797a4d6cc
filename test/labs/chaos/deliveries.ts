import { QUEUE_CONSUMERS, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import { type EventType, STATUS_RULES } from "../../../functions/contract/order-status.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import type { Facts } from "./final-state.ts";

/** One event on its way to one of its consumers. */
export interface Delivery {
  readonly consumer: (typeof QUEUE_CONSUMERS)[number];
  readonly order: Order;
  readonly version: number;
  readonly type: EventType;
  readonly eventId: string;
}

/** Where an event can be when everything is at rest. Exactly one of them, or something is lost or doubled. */
export type Place = "done" | "superseded" | "in the store";

/**
 * The events of a row, one for each status it has had. A cancelled order's middle status shows in what it left:
 * only a confirmed order has ever held stock.
 */
export function eventsOf({ status, version, stockHeld }: Order): EventType[] {
  const events: EventType[] = ["order.created"];
  if (version > 2) events.push(stockHeld === undefined ? "order.rejected" : "order.confirmed");
  if (version > 1 && status !== "PENDING") events.push(STATUS_RULES[status].event);
  return events;
}

/** Each event of each order, once for every consumer that subscribes to it. */
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

/** Every place in which an event shows. */
export function placesOf(delivery: Delivery, facts: Facts): Place[] {
  const effect = effectOf(delivery, facts);
  return [
    ...(effect === undefined ? [] : [effect]),
    ...(isOpen(delivery, facts) ? ["in the store" as const] : []),
  ];
}

function effectOf(delivery: Delivery, facts: Facts): "done" | "superseded" | undefined {
  const { consumer, order, version, eventId } = delivery;
  const { claims, mailed } = facts;
  switch (consumer) {
    case "order-created":
      return order.status === "PENDING" ? undefined : "done";
    case "order-cancelled":
      return order.stockHeld === true ? undefined : "done";
    case "notify-customer": {
      const claim = claims.get(eventId);
      if (claim === undefined || claim.state === "SKIPPED")
        return order.version > version ? "superseded" : undefined;
      // Whether a mail whose mark was lost has left, only its customer knows; one that is listed is not done.
      const hasLeft = claim.state === "SENT" || (mailed.has(eventId) && !isOpen(delivery, facts));
      return hasLeft ? "done" : undefined;
    }
  }
}

function isOpen({ consumer, eventId }: Delivery, { failed }: Facts): boolean {
  const status = failed.get(`${consumer}~${eventId}`)?.status;
  return status === "OPEN" || failed.get(`publish-events~${eventId}`)?.status === "OPEN";
}

/** Whether a consumer has given this event an outcome, or the store tells why it never had to. */
export function wasSettled({ consumer, eventId }: Delivery, { audit, failed }: Facts): boolean {
  const { done = 0, duplicate = 0, ignored = 0, park = 0 } = audit.of(consumer, eventId);
  const isKnown = failed.has(`${consumer}~${eventId}`) || failed.has(`publish-events~${eventId}`);
  return done + duplicate + ignored + park > 0 || isKnown;
}
