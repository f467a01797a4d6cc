import type { Status } from "../../contract/order-status.ts";
import type { Order } from "../domain/order.ts";

export interface SearchedOrders {
  readonly status: Status;
  /** ISO time: orders without a transition since then. */
  readonly before: string;
  /** The id of the order behind which the search continues. */
  readonly after?: string;
  /** Most orders that are read, whatever their status. */
  readonly limit: number;
}

/** Finds orders by status and age. Reads the whole table, page by page: for acts of operators only. */
export interface OrderSearch {
  /**
   * One page, in a stable sequence. MUST reflect every write that was acknowledged before the call. `after` is absent
   * at the end of the table; a page without orders may have it.
   */
  search(query: SearchedOrders): Promise<{ readonly orders: readonly Order[]; readonly after?: string }>;
}
