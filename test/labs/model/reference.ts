import type { Status } from "../../../functions/contract/order-status.ts";
import type { Line, Rejection } from "../../../functions/contract/schemas.ts";

/** An order as the reference knows it. */
export interface Known {
  readonly request: number;
  /** Merged, in order of SKU. */
  readonly lines: readonly Line[];
  readonly status: Status;
  readonly reason?: Rejection;
  readonly version: number;
  readonly holdsStock: boolean;
}

/** What the system should be: orders by key, counted units by SKU. What is held follows from the orders. */
export interface Reference {
  readonly orders: Map<string, Known>;
  readonly counted: Map<string, number>;
  /** What is broken now, and how. */
  readonly broken: Map<Part, Breakage>;
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
/** `down`: nothing happens. `mute`: it happens, and the caller hears of a failure. */
export type Breakage = "down" | "mute";

export function newReference(): Reference {
  return { orders: new Map(), counted: new Map(), broken: new Map() };
}

export function placed(request: number, lines: readonly Line[]): Known {
  return { request, lines: merged(lines), status: "PENDING", version: 1, holdsStock: false };
}

export function cancelled(order: Known): Known {
  if (order.status === "CANCELLED") return order;
  return { ...order, status: "CANCELLED", version: order.version + 1 };
}

/** order.created: only a PENDING order is decided, and it gets all of its lines or nothing. */
export function decided(reference: Reference, order: Known): Known {
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

/** order.cancelled: a cancelled order releases what it holds. */
export function released(order: Known): Known {
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
