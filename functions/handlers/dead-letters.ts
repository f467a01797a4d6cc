import { sqsQueues } from "../adapters/sqs-queues.ts";
import {
  deadLetterDecoder,
  deadLetterQueue,
  parseSources,
} from "../failures/dead-letters/dead-letter-queue.ts";
import { retryDeadLetters } from "../failures/dead-letters/retry-dead-letters.ts";
import { failureLog } from "../failures/record-failure.ts";
import { consumer } from "../middleware/consumer.ts";
import { auditAs, environment, serviceOptions } from "./wiring/environment.ts";
import { failurePorts } from "./wiring/failure-ports.ts";

/** Every dead-letter queue → a retry by the source queue, or parked. */
const { deadLetterSources, dlqRetryDelaysSeconds } = environment(
  "deadLetterSources",
  "dlqRetryDelaysSeconds",
);
const failures = failurePorts();
const drain = retryDeadLetters({
  ...failures,
  queues: sqsQueues(),
  delaysSeconds: dlqRetryDelaysSeconds.split(",").map(Number),
  audit: auditAs("dead-letters"),
});

export const handler = consumer({
  name: "dead-letters",
  transport: deadLetterQueue(),
  decode: deadLetterDecoder(parseSources(deadLetterSources)),
  handle: { one: ({ facts, queueUrl }) => drain(facts, queueUrl) },
  failureLog: failureLog(failures),
  ...serviceOptions,
});
