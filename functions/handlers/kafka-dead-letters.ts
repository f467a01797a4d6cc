import { KAFKA_CONSUMER } from "../contract/broker-names.ts";
import {
  deadLetterTopic,
  deadRecordDecoder,
  parkDeadRecord,
} from "../failures/dead-letters/dead-letter-topic.ts";
import { failureLog } from "../failures/record-failure.ts";
import { consumer } from "../middleware/consumer.ts";
import { allOrNothing } from "../middleware/wrap-handler.ts";
import { serviceOptions } from "./wiring/environment.ts";
import { failurePorts } from "./wiring/failure-ports.ts";

/** The dead-letter topic → parked, as failures of order-events-kafka. */
const ports = failurePorts();

export const handler = allOrNothing(
  consumer({
    name: "kafka-dead-letters",
    transport: deadLetterTopic(),
    decode: deadRecordDecoder(KAFKA_CONSUMER),
    handle: { one: parkDeadRecord(ports) },
    failureLog: failureLog(ports),
    ...serviceOptions,
  }),
);
