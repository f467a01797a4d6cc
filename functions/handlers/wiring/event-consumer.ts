import { sqsQueues } from "../../adapters/sqs-queues.ts";
import type { ConsumerDeclaration } from "../../consumers/define-consumer.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { consumer } from "../../middleware/consumer.ts";
import type { Outcome } from "../../middleware/outcome.ts";
import { sqs } from "../../middleware/transports/sqs.ts";
import { checkEvent, parseText } from "../../orders/decode-event.ts";
import { ignoreOtherTypes } from "../../orders/ignore-other-types.ts";
import { environment, integerVariable, serviceOptions } from "./environment.ts";
import { failureLogOnFirstUse } from "./failure-log-on-first-use.ts";

/** The Lambda handler of a declared consumer, with settings from the environment. It acts on its own event types only. */
export function eventConsumer(
  { name, on }: ConsumerDeclaration,
  handle: (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>,
) {
  const { queueUrl } = environment("queueUrl");
  return consumer({
    name,
    transport: sqs({
      maxReceiveCount: integerVariable("maxReceiveCount", 5),
      backOff: { queues: sqsQueues(), queueUrl },
    }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle: { many: ignoreOtherTypes(on, handle) },
    failureLog: failureLogOnFirstUse(),
    ...serviceOptions,
    settings: { maxAgeSeconds: integerVariable("maxAgeSeconds", 0) },
  });
}
