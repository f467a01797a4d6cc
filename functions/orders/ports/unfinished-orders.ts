import type { Order } from "../domain/order.ts";

/** An order whose latest event has an effect to come, as the index shows it. Times are ISO times. */
export interface UnfinishedOrder {
  readonly orderId: string;
  /** The time of its latest event. */
  readonly since: string;
  /** When `markChecked` was called last. */
  readonly checkedAt?: string;
}

/** The unfinished orders, for maintenance, which marks those that it checked. Reads no others. */
export interface UnfinishedOrders {
  /**
   * One page of the orders that are unfinished since `before` (ISO time) or longer; eventually consistent, so some may be
   * finished. Without a cursor it is the last; a page without orders may have one.
   */
  waitingSince(
    before: string,
    cursor?: string,
  ): Promise<{ readonly orders: readonly UnfinishedOrder[]; readonly cursor?: string }>;
  /** MUST NOT change an order that is finished, or that has another status since it was read. */
  markChecked(order: Pick<Order, "orderId" | "updatedAt">, now: number): Promise<void>;
}
