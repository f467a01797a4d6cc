import { sqsQueues } from "../adapters/sqs-queues.ts";
import { environment } from "../compose/env.ts";
import { failurePorts } from "../compose/failures.ts";
import { clock, service, write } from "../compose/instance.ts";
import { consumer } from "../middleware/consumer.ts";
import {
  deadLetterDecoder,
  deadLetterQueue,
  parseSources,
} from "../middleware/transports/dead-letter-queue.ts";
import { drainDeadLetters } from "../use-cases/drain-dead-letters.ts";
import { failureLog } from "../use-cases/record-failure.ts";

/** Every dead-letter queue → its message to the source queue again, or into the failed-message store. */
const { deadLetterSources, redriveDelaysSeconds } = environment("deadLetterSources", "redriveDelaysSeconds");
const failures = failurePorts();
const drain = drainDeadLetters({
  queues: sqsQueues(),
  failedMessages: failures.failedMessages,
  clock,
  delaysSeconds: redriveDelaysSeconds.split(",").map(Number),
});

export const handler = consumer({
  name: "dead-letters",
  transport: deadLetterQueue(),
  decode: deadLetterDecoder(parseSources(deadLetterSources)),
  handle: { one: ({ facts, queueUrl }) => drain(facts, queueUrl) },
  failureLog: failureLog(failures),
  clock,
  service,
  write,
});
