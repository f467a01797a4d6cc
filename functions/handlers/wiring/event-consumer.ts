import { sqsQueues } from "../../adapters/sqs-queues.ts";
import { type QueueConsumer, SUBSCRIPTIONS } from "../../contract/names.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { consumer } from "../../middleware/consumer.ts";
import type { Outcome } from "../../middleware/outcome.ts";
import { sqs } from "../../middleware/transports/sqs.ts";
import { checkEvent, parseText } from "../../orders/decode-event.ts";
import { ignoreOtherTypes } from "../../orders/process-order-events.ts";
import { clock, environment, integer, service, write } from "./environment.ts";
import { failureLogOnFirstUse } from "./failure-log-on-first-use.ts";

/** A consumer of order events from its own queue, with settings from the environment. */
export function eventConsumer(
  name: QueueConsumer,
  handle: (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>,
) {
  const { queueUrl } = environment("queueUrl");
  return consumer({
    name,
    transport: sqs({
      maxReceiveCount: integer("maxReceiveCount", 5),
      backOff: { queues: sqsQueues(), queueUrl },
    }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle: { many: ignoreOtherTypes(SUBSCRIPTIONS[name], handle) },
    failureLog: failureLogOnFirstUse(),
    clock,
    service,
    write,
    settings: { maxAgeSeconds: integer("maxAgeSeconds", 0) },
  });
}
