import { eventConsumer } from "../compose/event-consumer.ts";
import { ledger } from "../compose/ledger.ts";
import { reserveStock } from "../use-cases/reserve-stock.ts";

/** order.created → stock is held and the order CONFIRMED, or the order is REJECTED. */
export const handler = eventConsumer("order-created", reserveStock({ ledger: ledger() }));
