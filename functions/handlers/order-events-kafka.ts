import { KAFKA_CONSUMER } from "../contract/broker-names.ts";
import { consumer } from "../middleware/consumer.ts";
import { kafka } from "../middleware/transports/kafka.ts";
import { decodeRecord, parseRecord } from "../orders/decode-record.ts";
import { processOrderEvents } from "../orders/process-order-events.ts";
import { releaseStock } from "../orders/release-stock.ts";
import { reserveStock } from "../orders/reserve-stock.ts";
import { clock, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse, orderStockStore } from "./wiring/event-consumer.ts";

/** The Kafka topic → stock is held or released, as by order-created and order-cancelled. */
const ports = { orderStockStore: orderStockStore() };

export const handler = consumer({
  name: KAFKA_CONSUMER,
  transport: kafka({ clock, mayBeLastAfterSeconds: integerVariable("mayBeLastAfterSeconds", 60) }),
  parse: parseRecord,
  decode: decodeRecord,
  handle: { many: processOrderEvents({ reserve: reserveStock(ports), release: releaseStock(ports) }) },
  failureLog: failureLogOnFirstUse(),
  ...serviceOptions,
  settings: { maxAgeSeconds: integerVariable("maxAgeSeconds", 0) },
});
