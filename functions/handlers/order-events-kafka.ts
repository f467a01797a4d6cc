import { integer } from "../compose/env.ts";
import { failureLogOnFirstUse } from "../compose/failure-log.ts";
import { clock, service, write } from "../compose/instance.ts";
import { ledger } from "../compose/ledger.ts";
import { consumer } from "../middleware/consumer.ts";
import { decodeRecord, parseRecord } from "../middleware/decode-record.ts";
import { kafka } from "../middleware/transports/kafka.ts";
import { processOrderEvents } from "../use-cases/process-order-events.ts";
import { releaseStock } from "../use-cases/release-stock.ts";
import { reserveStock } from "../use-cases/reserve-stock.ts";

/** The Kafka topic → stock is held or released, as by order-created and order-cancelled. */
const ports = { ledger: ledger() };

export const handler = consumer({
  name: "order-events-kafka",
  transport: kafka({ clock, mayBeLastAfterSeconds: integer("mayBeLastAfterSeconds", 60) }),
  parse: parseRecord,
  decode: decodeRecord,
  handle: { many: processOrderEvents({ reserve: reserveStock(ports), release: releaseStock(ports) }) },
  failureLog: failureLogOnFirstUse(),
  clock,
  service,
  write,
  settings: { maxAgeSeconds: integer("maxAgeSeconds", 0) },
});
