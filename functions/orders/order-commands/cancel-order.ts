import type { Clock } from "../../middleware/clock.ts";
import { isOrderId } from "../domain/event-id.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../ports/order-store.ts";
import { orderNotFound } from "./read-order.ts";

/** Cancels an order from any status; a cancelled one stays as it is. What it held is released by its event. */
export function cancelOrder(ports: { orders: Orders; clock: Clock }) {
  return async (orderId: string): Promise<Order> => {
    if (!isOrderId(orderId)) throw orderNotFound(orderId);
    const result = await ports.orders.cancel(orderId, ports.clock.now());
    if (result.kind === "unknown") throw orderNotFound(orderId);
    return result.order;
  };
}
