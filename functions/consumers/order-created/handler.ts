import { eventConsumer, orderStockStore } from "../../handlers/wiring/event-consumer.ts";
import { reserveStock } from "../../orders/reserve-stock.ts";
import { orderCreated } from "./consumer.ts";

/** order.created → stock is held and the order is CONFIRMED, or the order is REJECTED. */
export const handler = eventConsumer(orderCreated, reserveStock({ orderStockStore: orderStockStore() }));
