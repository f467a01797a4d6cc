import { LIMITS } from "../../contract/limits.ts";
import { eventIdOf, STATUS_RULES, type Status } from "../../contract/order-status.ts";
import { PATTERNS } from "../../contract/patterns.ts";
import type { Line, OrderEvent, OrderView, PlaceOrder, Rejection } from "../../contract/schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import { sha256 } from "../../middleware/sha256.ts";

/** One row of the orders table. The row is the outbox: each status transition is one event. */
export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly contact: { readonly email: string };
  readonly lines: readonly Line[];
  /** SHA-256 of the merged lines; a consumer compares it with the event's. */
  readonly linesDigest: string;
  readonly currency: string;
  readonly minorUnits: number;
  readonly status: Status;
  readonly reason?: Rejection;
  /** Counts status transitions and nothing else. */
  readonly version: number;
  /** true: stock is held; false: it was held and released; absent: it was never held. */
  readonly stockHeld?: boolean;
  /** SHA-256 of the request: distinguishes a repeat from another request with the same key. */
  readonly requestHash: string;
  readonly traceparent?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Digits of an order id: base32 by Crockford. */
export const ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The order id of a customer's idempotency key: 128 bits of SHA-256 as 26 characters of base32. Because the id is
 * derived, a repeat writes the same row, and no table of keys is needed.
 */
export function orderIdOf(customerId: string, idempotencyKey: string): string {
  const hash = sha256(`${customerId}\n${idempotencyKey}`);
  let bits = BigInt(`0x${hash.slice(0, 32)}`);
  let id = "";
  for (let i = 0; i < 26; i++, bits >>= 5n) id = ID_ALPHABET.charAt(Number(bits & 31n)) + id;
  return id;
}

/** A PENDING order from a validated request. Throws a Problem when its lines contradict each other. */
export function newOrder(
  request: PlaceOrder,
  idempotencyKey: string,
  now: number,
  traceparent?: string,
): Order {
  const lines = mergeLines(request.lines);
  const at = new Date(now).toISOString();
  const { customerId, contact, currency } = request;
  return {
    orderId: orderIdOf(customerId, idempotencyKey),
    customerId,
    contact: { email: contact.email },
    lines,
    linesDigest: linesDigest(lines),
    currency,
    minorUnits: totalMinorUnits(lines),
    status: "PENDING",
    version: 1,
    requestHash: sha256(JSON.stringify([customerId, contact.email, currency, lines])),
    ...(traceparent === undefined ? {} : { traceparent }),
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * One line per SKU, in order of SKU. DynamoDB refuses two actions on one item, so lines of one SKU are added up.
 * Throws a Problem when two lines of one SKU differ in price, when a sum is too large, or with too many SKUs.
 */
export function mergeLines(lines: readonly Line[]): Line[] {
  const bySku = new Map<string, Line>();
  lines.forEach((line, index) => {
    const seen = bySku.get(line.sku);
    if (seen !== undefined && seen.unitPrice !== line.unitPrice) {
      throw new Problem("PRICE_CONTRADICTION", {
        detail: `${line.sku} costs ${seen.unitPrice} in one line and ${line.unitPrice} in another.`,
        pointer: `/lines/${index}/unitPrice`,
      });
    }
    const quantity = (seen?.quantity ?? 0) + line.quantity;
    if (quantity > LIMITS.quantity) {
      throw new Problem("INVALID_REQUEST", {
        detail: `The lines of ${line.sku} add up to ${quantity}; at most ${LIMITS.quantity} can be ordered.`,
        pointer: `/lines/${index}/quantity`,
      });
    }
    bySku.set(line.sku, { sku: line.sku, quantity, unitPrice: line.unitPrice });
  });
  if (bySku.size > LIMITS.distinctSkus) {
    throw new Problem("TOO_MANY_LINES", {
      detail: `It has ${bySku.size}; at most ${LIMITS.distinctSkus} fit in one order.`,
      pointer: "/lines",
    });
  }
  return [...bySku.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Below 2^53 by the limits on quantity, price and number of lines. */
export function totalMinorUnits(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
}

/** Digest of merged lines; the same for an order row and for every event derived from it. */
export function linesDigest(lines: readonly Line[]): string {
  return sha256(JSON.stringify(lines.map((line) => [line.sku, line.quantity, line.unitPrice])));
}

/** The order as the API returns it, without the contact. */
export function viewOf(order: Order): OrderView {
  const { orderId, customerId, status, reason, lines, currency, minorUnits, version, stockHeld } = order;
  return {
    orderId,
    customerId,
    status,
    ...(reason === undefined ? {} : { reason }),
    lines: [...lines],
    amount: { currency, minorUnits },
    version,
    ...(stockHeld === undefined ? {} : { stockHeld }),
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}

/** The latest event of an order row. */
export function eventOf(order: Order): OrderEvent {
  const type = STATUS_RULES[order.status].event;
  return {
    specversion: "1.0",
    id: eventIdOf(order.orderId, order.version, type),
    type,
    source: "order-events",
    subject: order.orderId,
    time: order.updatedAt,
    dataschema: "urn:order-events:order:1",
    ...(order.traceparent === undefined ? {} : { traceparent: order.traceparent }),
    data: {
      customerId: order.customerId,
      orderVersion: order.version,
      lines: [...order.lines],
      amount: { currency: order.currency, minorUnits: order.minorUnits },
      ...(order.reason === undefined ? {} : { reason: order.reason }),
    },
  };
}

/**
 * The event of one change of a row, if it has one: the row was inserted, or its status differs.
 * Releasing stock leaves the status alone and emits nothing.
 */
export function eventOfChange(before: Order | undefined, after: Order | undefined): OrderEvent | undefined {
  if (after === undefined || before?.status === after.status) return undefined;
  return eventOf(after);
}

const ORDER_ID = new RegExp(PATTERNS.orderId.pattern);

/** The order of an event id (`<orderId>:<version>:<type>`), or `undefined` where it is not one. */
export function orderIdOfEvent(eventId: string | undefined): string | undefined {
  const orderId = /^(\w+):\d+:order\.[a-z]+$/.exec(eventId ?? "")?.[1];
  return orderId !== undefined && isOrderId(orderId) ? orderId : undefined;
}

/** DynamoDB refuses an empty or very long key. */
export function isOrderId(text: string): boolean {
  return ORDER_ID.test(text);
}
