import type { Status } from "../../../functions/contract/order-status.ts";
import type { Line, Rejection } from "../../../functions/contract/schemas.ts";

/** The expected state of an order. */
export interface ReferenceOrder {
  readonly request: number;
  /** Merged and sorted by SKU. */
  readonly lines: readonly Line[];
  readonly status: Status;
  readonly reason?: Rejection;
  readonly version: number;
  readonly holdsStock: boolean;
}

/** The expected state: orders by key, counted units by SKU. Held units follow from the orders. */
export interface Reference {
  readonly orders: Map<string, ReferenceOrder>;
  readonly counted: Map<string, number>;
  /** The current outages. */
  readonly broken: Map<Part, Outage>;
}

export const PARTS = [
  "orders",
  "orderStockStore",
  "topic",
  "mail",
  "notifications",
  "failedMessages",
] as const;
export type Part = (typeof PARTS)[number];
/** `down`: not applied. `reply lost`: applied, and the caller gets an error. */
export type Outage = "down" | "reply lost";

export function newReference(): Reference {
  return { orders: new Map(), counted: new Map(), broken: new Map() };
}

export function placed(request: number, lines: readonly Line[]): ReferenceOrder {
  return { request, lines: merged(lines), status: "PENDING", version: 1, holdsStock: false };
}

export function cancelled(order: ReferenceOrder): ReferenceOrder {
  if (order.status === "CANCELLED") return order;
  return { ...order, status: "CANCELLED", version: order.version + 1 };
}

/** order.created: decides a PENDING order, which gets all of its lines or none. */
export function decided(reference: Reference, order: ReferenceOrder): ReferenceOrder {
  if (order.status !== "PENDING") return order;
  const version = order.version + 1;
  for (const { sku, quantity } of order.lines) {
    const onHand = reference.counted.get(sku);
    if (onHand === undefined)
      return { ...order, status: "REJECTED", version, reason: { code: "UNKNOWN_SKU", sku } };
    if (onHand - held(reference, sku) < quantity)
      return { ...order, status: "REJECTED", version, reason: { code: "OUT_OF_STOCK", sku } };
  }
  return { ...order, status: "CONFIRMED", version, holdsStock: true };
}

/** order.cancelled: a cancelled order releases its stock. */
export function released(order: ReferenceOrder): ReferenceOrder {
  return order.status === "CANCELLED" ? { ...order, holdsStock: false } : order;
}

export function held({ orders }: Reference, sku: string): number {
  let units = 0;
  for (const { holdsStock, lines } of orders.values()) {
    if (holdsStock) units += lines.find((line) => line.sku === sku)?.quantity ?? 0;
  }
  return units;
}

function merged(lines: readonly Line[]): Line[] {
  const skus = [...new Set(lines.map(({ sku }) => sku))].sort();
  return skus.map((sku) => {
    const own = lines.filter((line) => line.sku === sku);
    const quantity = own.reduce((sum, line) => sum + line.quantity, 0);
    return { sku, quantity, unitPrice: own[0]?.unitPrice ?? 0 };
  });
}
