import { reserveStock } from "../orders/reserve-stock.ts";
import { eventConsumer } from "./wiring/event-consumer.ts";
import { orderStockStore } from "./wiring/order-stock.ts";

/** order.created → stock is held and the order is CONFIRMED, or the order is REJECTED. */
export const handler = eventConsumer("order-created", reserveStock({ orderStockStore: orderStockStore() }));
