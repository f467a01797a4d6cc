import type { Order } from "../domain/order.ts";

/** The orders table as the API and the notifier see it. */
export interface Orders {
  /**
   * MUST write the row only if there is none of its id, and MUST answer `exists` with that row otherwise,
   * also when the row came from an attempt of this very call whose reply was lost.
   */
  place(order: Order): Promise<{ kind: "placed" } | { kind: "exists"; order: Order }>;
  /**
   * MUST move a PENDING, CONFIRMED or REJECTED order to CANCELLED, adding 1 to `version`, in one conditional
   * write; MUST leave a CANCELLED one as it is.
   */
  cancel(orderId: string, now: number): Promise<{ kind: "cancelled"; order: Order } | { kind: "unknown" }>;
  /** MUST reflect every write that was acknowledged before the call. */
  get(orderId: string): Promise<Order | undefined>;
  /** Like `get` for up to 100 ids, in one call; absent orders are left out. */
  getMany(orderIds: readonly string[]): Promise<ReadonlyMap<string, Order>>;
}
