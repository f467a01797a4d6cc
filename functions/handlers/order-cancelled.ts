import { releaseStock } from "../orders/release-stock.ts";
import { eventConsumer } from "./wiring/event-consumer.ts";
import { orderStockStore } from "./wiring/order-stock.ts";

/** order.cancelled → what the order held is available again. */
export const handler = eventConsumer("order-cancelled", releaseStock({ orderStockStore: orderStockStore() }));
