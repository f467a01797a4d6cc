import { eventConsumer } from "../../handlers/wiring/event-consumer.ts";
import { orderStockStore } from "../../handlers/wiring/order-stock.ts";
import { releaseStock } from "../../orders/release-stock.ts";
import { orderCancelled } from "./consumer.ts";

/** order.cancelled → the stock of the order is released. */
export const handler = eventConsumer(orderCancelled, releaseStock({ orderStockStore: orderStockStore() }));
