import { eventConsumer, orderStockStore } from "../../handlers/wiring/event-consumer.ts";
import { releaseStock } from "../../orders/release-stock.ts";
import { orderCancelled } from "./consumer.ts";

/** order.cancelled → the stock of the order is released. */
export const handler = eventConsumer(orderCancelled, releaseStock({ orderStockStore: orderStockStore() }));
