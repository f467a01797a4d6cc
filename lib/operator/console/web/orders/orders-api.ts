import type { OrderList, ReplayAnswer } from "../../../../../functions/contract/operator-answers.ts";
import { PATTERNS } from "../../../../../functions/contract/patterns.ts";
import type { OrderView, PlaceOrder, StockView } from "../../../../../functions/contract/schemas.ts";
import type { Timeline } from "../../../observe/view-types.ts";
import { get, post, put, segment } from "../fetch-json.ts";
import { type OrderSearch, orderQueryOf } from "../route.ts";

export const ORDER_ID = new RegExp(PATTERNS.orderId.pattern);

export const fetchOrder = (orderId: string) => get<OrderView>(`/orders/${segment(orderId)}`);
/** One page of a search. Without an index for the search, it reads up to 1,000 read units of the table. */
export const fetchOrders = (search: OrderSearch) => get<OrderList>(`/orders${orderQueryOf(search)}`);
export const fetchTimeline = (orderId: string) => get<Timeline>(`/timeline?orderId=${segment(orderId)}`);
export const fetchStock = (sku: string) => get<StockView>(`/stock/${segment(sku)}`);
export const setStock = (sku: string, onHand: number) => put<StockView>(`/stock/${segment(sku)}`, { onHand });
export const cancelOrder = (orderId: string) => post<OrderView>(`/orders/${segment(orderId)}/cancel`, {});

/** One event of an order for one consumer. */
export const replayEvent = (
  orderId: string,
  event: { readonly type: string; readonly consumer: string },
  act: { readonly why: string; readonly dryRun?: boolean },
) => post<ReplayAnswer>(`/orders/${segment(orderId)}/replays`, { ...event, ...act });

/** A repeated call with the same key and order places no second order. */
export const placeOrder = (order: PlaceOrder, idempotencyKey: string) =>
  post<OrderView>("/orders", order, { "Idempotency-Key": idempotencyKey });
