import type { Order } from "../../functions/orders/domain/order.ts";
import type { OrderScan } from "../../functions/orders/ports/order-scan.ts";

/** Reads the rows by key, because the order of a table is arbitrary. */
export function memoryOrderScan(orders: ReadonlyMap<string, Order>): OrderScan {
  return {
    async page({ status, before, after, limit }) {
      const rest = [...orders.values()]
        .filter(({ orderId }) => after === undefined || orderId > after)
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
      const page = rest.slice(0, limit);
      const last = page.at(-1)?.orderId;
      return {
        orders: page.filter((order) => order.status === status && order.updatedAt <= before),
        ...(rest.length > limit && last !== undefined ? { after: last } : {}),
      };
    },
  };
}
