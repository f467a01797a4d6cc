import { eventConsumer } from "../compose/event-consumer.ts";
import { ledger } from "../compose/ledger.ts";
import { releaseStock } from "../use-cases/release-stock.ts";

/** order.cancelled → what the order held is available again. */
export const handler = eventConsumer("order-cancelled", releaseStock({ ledger: ledger() }));
