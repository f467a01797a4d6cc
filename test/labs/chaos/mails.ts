import type { Order } from "../../../functions/orders/domain/order.ts";
import type { Mail } from "../../../lib/emulator/services/mailbox.ts";
import { eventsOf } from "./deliveries.ts";

const SUBJECT = /^Your order ([0-9A-Z]{26}) (is confirmed|could not be accepted|is cancelled)$/;
const TYPES = {
  "is confirmed": "order.confirmed",
  "could not be accepted": "order.rejected",
  "is cancelled": "order.cancelled",
} as const;

/** The mails that reached customers. */
export interface MailedEvents {
  /** Number of mails by event id. */
  readonly mailed: ReadonlyMap<string, number>;
  /** Subjects without an event. */
  readonly untrue: readonly string[];
}

/** Ignores the mails of alarms. */
export function mailedEvents(mails: readonly Mail[], orders: ReadonlyMap<string, Order>): MailedEvents {
  const mailed = new Map<string, number>();
  const untrue: string[] = [];
  for (const { to, subject } of mails) {
    if (!to.some((address) => address.startsWith("customer-"))) continue;
    const eventId = eventOf(subject, orders);
    if (eventId === undefined) untrue.push(subject);
    else mailed.set(eventId, (mailed.get(eventId) ?? 0) + 1);
  }
  return { mailed, untrue };
}

function eventOf(subject: string, orders: ReadonlyMap<string, Order>): string | undefined {
  const [, orderId = "", words = ""] = SUBJECT.exec(subject) ?? [];
  const type = Object.entries(TYPES).find(([text]) => text === words)?.[1];
  const order = orders.get(orderId);
  if (order === undefined || type === undefined) return undefined;
  const version = eventsOf(order).indexOf(type) + 1;
  return version === 0 ? undefined : `${orderId}:${version}:${type}`;
}
