import type { RequestOf } from "../../../../../functions/contract/api-types.ts";
import { PATTERNS } from "../../../../../functions/contract/patterns.ts";
import type { PlaceOrder } from "../../../../../functions/contract/schemas.ts";
import { call } from "../fetch-json.ts";
import type { OrderSearch } from "../route.ts";

export const ORDER_ID = new RegExp(PATTERNS.orderId.pattern);

export const fetchOrder = (orderId: string) => call("GET /orders/{orderId}", { orderId });
/** One page of a search. Without an index for the search, it reads up to 1,000 read units of the table. */
export const fetchOrders = (search: OrderSearch) => call("GET /orders", { query: search });
export const fetchStock = (sku: string) => call("GET /stock/{sku}", { sku });
export const setStock = (sku: string, onHand: number) => call("PUT /stock/{sku}", { sku, body: { onHand } });
export const cancelOrder = (orderId: string) => call("POST /orders/{orderId}/cancel", { orderId });

/** One event of an order for one consumer. */
export const replayEvent = (orderId: string, body: RequestOf<"POST /orders/{orderId}/replays">["body"]) =>
  call("POST /orders/{orderId}/replays", { orderId, body });

/** A repeated call with the same key and order places no second order. */
export const placeOrder = (order: PlaceOrder, idempotencyKey: string) =>
  call("POST /orders", { headers: { "Idempotency-Key": idempotencyKey }, body: order });
