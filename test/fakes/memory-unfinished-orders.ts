import { isUnfinished } from "../../functions/contract/order-status.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import type { UnfinishedOrders } from "../../functions/orders/ports/unfinished-orders.ts";

const PAGE = 50;

export function memoryUnfinishedOrders(orders: ReadonlyMap<string, Order>): UnfinishedOrders {
  /** By the order and the time since when it is unfinished. */
  const checked = new Map<string, string>();
  return {
    async waitingSince(before, cursor = "0") {
      const found = [...orders.values()].filter((order) => isUnfinished(order) && order.updatedAt <= before);
      const from = Number(cursor);
      const page = found.slice(from, from + PAGE).map(({ orderId, updatedAt: since }) => {
        const checkedAt = checked.get(`${orderId} ${since}`);
        return { orderId, since, ...(checkedAt === undefined ? {} : { checkedAt }) };
      });
      return found.length > from + PAGE ? { orders: page, cursor: String(from + PAGE) } : { orders: page };
    },
    async markChecked({ orderId, updatedAt }, now) {
      const order = orders.get(orderId);
      if (order !== undefined && isUnfinished(order) && order.updatedAt === updatedAt)
        checked.set(`${orderId} ${updatedAt}`, new Date(now).toISOString());
    },
  };
}
