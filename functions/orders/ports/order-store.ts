import type { StatusByApi } from "../../contract/order-status.ts";
import type { Order } from "../domain/order.ts";

/** The orders table as the API and the notifier see it. */
export interface OrderStore {
  /**
   * MUST write the row only if its id has none, and MUST return `exists` with the stored row otherwise, also when an
   * attempt of this call whose reply was lost wrote it.
   */
  place(order: Order): Promise<{ kind: "placed" } | { kind: "exists"; order: Order }>;
  /**
   * MUST set the status and add 1 to `version` in one conditional write, if the present status is one of `sourcesOf(to)`.
   * MUST NOT change any other order. MUST return the order as it is afterwards, changed or not.
   */
  move(
    orderId: string,
    to: StatusByApi,
    now: number,
  ): Promise<{ kind: "found"; order: Order } | { kind: "unknown" }>;
  /** MUST reflect every write that was acknowledged before the call. */
  get(orderId: string): Promise<Order | undefined>;
  /** Like `get` for any number of ids; absent orders are left out. */
  getMany(orderIds: readonly string[]): Promise<ReadonlyMap<string, Order>>;
}
