import type { Status } from "../../contract/order-status.ts";
import type { Order } from "../domain/order.ts";

export interface ScannedOrders {
  readonly status: Status;
  /** ISO time: orders without a transition since then. */
  readonly before: string;
  /** The id of the order behind which the search continues. */
  readonly after?: string;
  /** Most orders that are read, whatever their status. */
  readonly limit: number;
}

/**
 * Reads the whole table for orders of a status and age: for jobs, which must not miss an order. `OrderFinder` and
 * `UnfinishedOrders` read indexes where they can, and so may show an order late.
 */
export interface OrderScan {
  /**
   * One page, in a stable sequence. MUST reflect every write that was acknowledged before the call. `after` is absent
   * at the end of the table; a page without orders may have it.
   */
  page(query: ScannedOrders): Promise<{ readonly orders: readonly Order[]; readonly after?: string }>;
}
