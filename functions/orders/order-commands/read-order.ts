import { Problem } from "../../middleware/problem.ts";
import { isOrderId } from "../domain/event-id.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../ports/order-store.ts";

export function readOrder(ports: { orders: Orders }) {
  return async (orderId: string): Promise<Order> => {
    const order = isOrderId(orderId) ? await ports.orders.get(orderId) : undefined;
    if (order === undefined) throw orderNotFound(orderId);
    return order;
  };
}

export function orderNotFound(orderId: string): Problem {
  return new Problem("ORDER_NOT_FOUND", { detail: `No order has the id ${orderId.slice(0, 64)}.` });
}
