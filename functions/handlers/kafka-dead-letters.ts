import { clock, failurePorts, service, write } from "../compose.ts";
import { park, Unprocessable } from "../domain/outcome.ts";
import { allOrNothing } from "../middleware/all-or-nothing.ts";
import { consumer } from "../middleware/consumer.ts";
import { deadLetterTopic, deadRecordDecoder } from "../middleware/transports/dead-letter-topic.ts";
import { failureLog } from "../use-cases/record-failure.ts";

/** The topic of records that Lambda gave up on → the failed-message store, as failures of order-events-kafka. */
export const handler = allOrNothing(
  consumer({
    name: "kafka-dead-letters",
    transport: deadLetterTopic(),
    decode: deadRecordDecoder("order-events-kafka"),
    handle: { one: ({ reason, detail }) => park(reason, new Unprocessable(reason, detail)) },
    failureLog: failureLog(failurePorts()),
    clock,
    service,
    write,
  }),
);
