import { LIMITS } from "../contract/limits.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import type { Clock } from "../middleware/clock.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import { DONE, type Outcome, park } from "../middleware/outcome.ts";
import { foreignAttributes } from "../publishing/domain/message-attributes.ts";
import type { Queues } from "../publishing/ports/queues.ts";
import { failedKeyOf } from "./domain/failed-message.ts";
import type { FailedMessages } from "./ports/failed-message-store.ts";
import { reasonLeft } from "./record-failure.ts";

/**
 * A message that its queue gave up on: sent to that queue again, later each time, while it was sent fewer than
 * three times; then parked with the reason that its last attempt left. It leaves the dead-letter queue only
 * after either is durable.
 */
export function retryDeadLetters(ports: {
  queues: Queues;
  failedMessages: FailedMessages;
  clock: Clock;
  delaysSeconds: readonly number[];
}) {
  const { queues, clock, delaysSeconds } = ports;

  return async (message: MessageFacts, queueUrl: string): Promise<Outcome> => {
    const count = dlqRetryCount(message.attributes[ATTRIBUTES.dlqRetryCount]);
    if (count === undefined) {
      return park("BAD_DLQ_RETRY_COUNT", new Error("Its dlqRetryCount is no number from 0 to 3."));
    }
    if (count >= LIMITS.redrives) return park((await reasonLeft(ports, message)) ?? "NO_REPORT");

    const longest = delaysSeconds[Math.min(count, delaysSeconds.length - 1)] ?? 0;
    await queues.send({
      queueUrl,
      body: message.body,
      attributes: {
        ...foreignAttributes(message.attributes),
        [ATTRIBUTES.dlqRetryCount]: String(count + 1),
        [ATTRIBUTES.failedKey]: failedKeyOf(message),
      },
      // Half of the delay is jitter, so that messages that failed together do not come back together.
      delaySeconds: Math.round(longest * (0.5 + clock.random() / 2)),
    });
    return DONE;
  };
}

/** Absent means 0; garbage means `undefined`, because a counter that cannot be read bounds nothing. */
function dlqRetryCount(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  return /^[0-3]$/.test(text) ? Number(text) : undefined;
}
