import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { clock, failurePorts, ledger, service, write } from "../compose.ts";
import { integer } from "../env.ts";
import { consumer } from "../middleware/consumer.ts";
import { decodeRecord, parseRecord } from "../middleware/decode-record.ts";
import { kafka } from "../middleware/transports/kafka.ts";
import { processOrderEvents } from "../use-cases/process-order-events.ts";
import { failureLog } from "../use-cases/record-failure.ts";
import { releaseStock } from "../use-cases/release-stock.ts";
import { reserveStock } from "../use-cases/reserve-stock.ts";

/** The Kafka topic → stock is held or released, as by order-created and order-cancelled. */
const client = dynamoDbClient();
const ports = { ledger: ledger(client) };

export const handler = consumer({
  name: "order-events-kafka",
  transport: kafka({ clock, mayBeLastAfterSeconds: integer("giveUpAfterSeconds", 1_800) }),
  parse: parseRecord,
  decode: decodeRecord,
  handle: { many: processOrderEvents({ reserve: reserveStock(ports), release: releaseStock(ports) }) },
  failureLog: failureLog(failurePorts(client)),
  clock,
  service,
  write,
  settings: { maxAgeSeconds: integer("maxAgeSeconds", 0) },
});
