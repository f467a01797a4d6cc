import type { Order } from "../../functions/orders/domain/order.ts";
import type { UnfinishedOrders } from "../../functions/orders/ports/unfinished-orders.ts";

const PAGE = 50;

export function memoryUnfinishedOrders(orders: ReadonlyMap<string, Order>): UnfinishedOrders {
  const republished = new Map<string, string>();
  return {
    async placedBefore(before, cursor = "0") {
      const found = [...orders.values()].filter(
        ({ status, createdAt }) => status === "PENDING" && createdAt <= before,
      );
      const from = Number(cursor);
      const page = found.slice(from, from + PAGE).map(({ orderId, createdAt }) => {
        const checkedAt = republished.get(orderId);
        return { orderId, createdAt, ...(checkedAt === undefined ? {} : { checkedAt }) };
      });
      return found.length > from + PAGE ? { orders: page, cursor: String(from + PAGE) } : { orders: page };
    },
    async markChecked(orderId, now) {
      if (orders.get(orderId)?.status === "PENDING") republished.set(orderId, new Date(now).toISOString());
    },
  };
}
