import type { OrderEvent, PlaceOrder } from "../../../functions/contract/schemas.ts";
import { orderIdOf } from "../../../functions/orders/domain/order.ts";
import { cancelled, created, line, order, request } from "../../fixtures/events.ts";

export const KEYS = ["key-1", "key-2", "key-3", "key-4"] as const;
export const SKUS = ["CUP-1", "TEA-1"] as const;

const cup = (quantity: number) => line({ sku: "CUP-1", quantity, unitPrice: 900 });
const tea = (quantity: number) => line({ sku: "TEA-1", quantity });

/** The requests of customers. */
export const REQUESTS: readonly PlaceOrder[] = [
  request({ lines: [tea(1)] }),
  request({ lines: [tea(2), cup(1)] }),
  request({ lines: [tea(1), cup(3), tea(2)] }),
  request({ lines: [cup(2)] }),
];

export function requestAt(number: number): PlaceOrder {
  return REQUESTS[number % REQUESTS.length] ?? request();
}

export function idOf(key: string): string {
  return orderIdOf(request().customerId, key);
}

export const FOREIGN_EVENTS = ["order.created", "order.cancelled", "other lines"] as const;

/** A foreign event about the order of a key; its lines may be those of the order. */
export function foreignEvent(what: (typeof FOREIGN_EVENTS)[number], key: string, asked: number): OrderEvent {
  const { lines } = requestAt(asked);
  if (what === "other lines") return created(order(key, {}, [tea(7)]));
  const row = order(key, {}, lines);
  return what === "order.created" ? created(row) : cancelled(row);
}
