import type { Status } from "../../contract/order-status.ts";
import type { Order } from "../domain/order.ts";

/** An order must match every field. `from` and `to` bound the time at which it was placed (ISO times, inclusive). */
export interface OrderFilter {
  readonly customerId?: string;
  readonly status?: Status;
  readonly from?: string;
  readonly to?: string;
}

/** How orders are found: by the index of unfinished orders, by that of customers, or by reading the table. */
export type FoundBy = "pending-index" | "customer-index" | "scan";

export interface FoundOrders {
  readonly orders: readonly Order[];
  readonly by: FoundBy;
  readonly readUnits: number;
  /** Where the search continues; a page without orders may have one. */
  readonly cursor?: string;
}

/** Finds orders for operators to read, one page of bounded size in a call. Eventually consistent, unlike `OrderScan`. */
export interface OrderFinder {
  /** At most `limit` orders. `undefined` for a cursor that is none of this filter. */
  find(filter: OrderFilter, limit: number, cursor?: string): Promise<FoundOrders | undefined>;
}
