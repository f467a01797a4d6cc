import { releaseStock } from "../orders/release-stock.ts";
import { eventConsumer } from "./wiring/event-consumer.ts";
import { orderStockStore } from "./wiring/order-stock.ts";

/** order.cancelled → the stock of the order is released. */
export const handler = eventConsumer("order-cancelled", releaseStock({ orderStockStore: orderStockStore() }));
