/** An order that is PENDING, as the index shows it. */
export interface UnfinishedOrder {
  readonly orderId: string;
  /** ISO time. */
  readonly createdAt: string;
  /** ISO time at which `markChecked` was called last. */
  readonly checkedAt?: string;
}

/** The orders that are PENDING, for maintenance, which marks those that it checked. Reads no others. */
export interface UnfinishedOrders {
  /**
   * One page of the orders that were placed up to `before` (ISO time); eventually consistent, so some may be decided.
   * Without a cursor it is the last; a page without orders may have one.
   */
  placedBefore(
    before: string,
    cursor?: string,
  ): Promise<{ readonly orders: readonly UnfinishedOrder[]; readonly cursor?: string }>;
  /** MUST NOT change an order that is decided. */
  markChecked(orderId: string, now: number): Promise<void>;
}
