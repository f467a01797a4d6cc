import { failurePorts } from "../compose/failures.ts";
import { clock, service, write } from "../compose/instance.ts";
import { allOrNothing } from "../middleware/all-or-nothing.ts";
import { consumer } from "../middleware/consumer.ts";
import { deadLetterTopic, deadRecordDecoder } from "../middleware/transports/dead-letter-topic.ts";
import { parkDeadRecord } from "../use-cases/park-dead-record.ts";
import { failureLog } from "../use-cases/record-failure.ts";

/** The topic of records that Lambda gave up on → the failed-message store, as failures of order-events-kafka. */
const ports = failurePorts();

export const handler = allOrNothing(
  consumer({
    name: "kafka-dead-letters",
    transport: deadLetterTopic(),
    decode: deadRecordDecoder("order-events-kafka"),
    handle: { one: parkDeadRecord(ports) },
    failureLog: failureLog(ports),
    clock,
    service,
    write,
  }),
);
