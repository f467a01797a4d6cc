import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { order } from "../fixtures/events.ts";
import { currentRig } from "./rig.ts";

/** The failed messages of the rig, in the order of their first write. */
export const failed = (): FailedMessage[] => [...currentRig().tables.rows.failed.values()];

export const statusOf = ({ orderId }: Pick<Order, "orderId">): Order["status"] | undefined =>
  currentRig().tables.rows.orders.get(orderId)?.status;

/** Writes an order row without a stream record. */
export function put(row: Order): Order {
  currentRig().tables.rows.orders.set(row.orderId, row);
  return row;
}

/** Placed orders, one for each key. */
export async function placed<const Keys extends readonly string[]>(...keys: Keys) {
  const orders = keys.map((key) => order(key));
  for (const each of orders) await currentRig().tables.orders.place(each);
  return orders as { [K in keyof Keys]: Order };
}

/** From now on each call of this name fails before it is applied. */
export function refuse(name: string, error: unknown = new Error(`${name} is down`)): void {
  currentRig().faults.before = (call) => {
    if (call === name) throw error;
  };
}

/** The outcomes so far, by the audit lines. */
export const outcomes = (): unknown[] =>
  currentRig()
    .out.lines()
    .map((entry) => entry["outcome"]);
