import type { Reason } from "../../contract/failures.ts";
import { LIMITS } from "../../contract/limits.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import type { AttributeValue } from "../../middleware/attributes.ts";
import type { AuditAct } from "../../middleware/audit.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { DONE, type Outcome, park } from "../../middleware/outcome.ts";
import {
  foreignAttributes,
  leftOut,
  leftOutText,
  RETRY_ROOM,
} from "../../publishing/domain/message-attributes.ts";
import type { Queues } from "../../publishing/ports/queues.ts";
import { failedKeyOf } from "../domain/failed-message.ts";
import { applyWrite, type FailurePorts, storedReason } from "../record-failure.ts";

interface DeadLetterOptions {
  /** The reason where the last attempt stored none. */
  readonly unreported?: Reason;
  /** The names of the attributes that do not travel. */
  readonly dropped?: readonly string[];
}

/**
 * Retries a message from the dead-letter queue: sends it to its queue again, up to three times, with a longer delay each
 * time. Then parks it with the reason that its last attempt stored. It leaves the dead-letter queue only once either
 * is durable.
 */
export function retryDeadLetters(
  ports: FailurePorts & {
    readonly queues: Pick<Queues, "send">;
    readonly delaysSeconds: readonly number[];
    readonly audit: AuditAct;
  },
) {
  const { queues, clock, delaysSeconds, audit } = ports;

  return async (
    message: MessageFacts,
    queueUrl: string,
    { unreported = "NO_REPORT", dropped = leftOut(message.attributes, RETRY_ROOM) }: DeadLetterOptions = {},
  ): Promise<Outcome> => {
    const count = dlqRetryCount(message.attributes[ATTRIBUTES.dlqRetryCount]);
    if (count === undefined) {
      return park("BAD_DLQ_RETRY_COUNT", new Error("Its dlqRetryCount is not a number from 0 to 3."));
    }
    if (count >= LIMITS.dlqRetries) return park((await storedReason(ports, message)) ?? unreported);

    if (dropped.length > 0) {
      // Before the message goes: afterwards nothing else has these attributes.
      const failedKey = failedKeyOf(message);
      await applyWrite(ports, failedKey, { kind: "retry", leftOut: dropped }, message);
      audit({ act: "retry", failedKey, leftOut: leftOutText(dropped) });
    }
    const longest = delaysSeconds[Math.min(count, delaysSeconds.length - 1)] ?? 0;
    await queues.send({
      queueUrl,
      body: message.body,
      attributes: {
        ...foreignAttributes(message.attributes, RETRY_ROOM),
        [ATTRIBUTES.dlqRetryCount]: String(count + 1),
        [ATTRIBUTES.failedKey]: failedKeyOf(message),
      },
      // Half of the delay is jitter, so that messages that failed together do not return together.
      delaySeconds: Math.round(longest * (0.5 + clock.random() / 2)),
    });
    return DONE;
  };
}

/** Absent means 0. Anything else that is no count is `undefined`: it would not bound the retries. */
function dlqRetryCount(attribute: AttributeValue | undefined): number | undefined {
  if (attribute === undefined) return 0;
  return typeof attribute === "string" && /^[0-3]$/.test(attribute) ? Number(attribute) : undefined;
}
