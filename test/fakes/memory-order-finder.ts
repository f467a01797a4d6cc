import type { Order } from "../../functions/orders/domain/order.ts";
import type { FoundBy, OrderFilter, OrderFinder } from "../../functions/orders/ports/order-finder.ts";

/** Finds orders in memory, by their times and ids, as an index does. */
export function memoryOrderFinder(
  rows: ReadonlyMap<string, Order>,
  { hasCustomerIndex = false, pageSize = Number.POSITIVE_INFINITY } = {},
): OrderFinder {
  const place = ({ createdAt, orderId }: Order) => `${createdAt}~${orderId}`;
  const byOf = ({ customerId, status }: OrderFilter): FoundBy => {
    if (customerId !== undefined && hasCustomerIndex) return "customer-index";
    return status === "PENDING" ? "pending-index" : "scan";
  };
  return {
    async find(filter, limit, cursor) {
      if (cursor !== undefined && !/^[^~]+~[0-9A-Z]{26}$/.test(cursor)) return undefined;
      const rest = [...rows.values()]
        .filter((order) => cursor === undefined || place(order) > cursor)
        .sort((a, b) => (place(a) < place(b) ? -1 : 1));
      const read = rest.slice(0, pageSize);
      const { customerId, status, from, to } = filter;
      const found = read.filter(
        (order) =>
          (customerId === undefined || order.customerId === customerId) &&
          (status === undefined || order.status === status) &&
          (from === undefined || order.createdAt >= from) &&
          (to === undefined || order.createdAt <= to),
      );
      const orders = found.slice(0, limit);
      const isCut = found.length > limit;
      const last = isCut ? orders.at(-1) : read.at(-1);
      const hasMore = isCut || rest.length > read.length;
      return {
        orders,
        by: byOf(filter),
        readUnits: read.length,
        ...(hasMore && last !== undefined && { cursor: place(last) }),
      };
    },
  };
}
