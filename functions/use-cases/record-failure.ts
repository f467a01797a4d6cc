import { sha256 } from "../domain/digest.ts";
import {
  type FailedMessage,
  type FailedWrite,
  failedKeyOf,
  type MessageFacts,
  secondVersionKey,
  transition,
} from "../domain/failed-message.ts";
import type { Clock } from "../ports/clock.ts";
import type { FailedMessages } from "../ports/failed-messages.ts";
import type { FailureLog } from "../ports/failure-log.ts";

export interface FailurePorts {
  readonly failedMessages: FailedMessages;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly returnWithinSeconds: number;
}

const ATTEMPTS = 10;

/**
 * Applies a write to a row, whoever else writes at the same time. Answers with the row as it is afterwards and
 * whether this write applied.
 */
export async function applyWrite(
  ports: FailurePorts,
  failedKey: string,
  write: FailedWrite,
  message?: MessageFacts,
): Promise<{ readonly applied: boolean; readonly row: FailedMessage | undefined }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await ports.failedMessages.get(failedKey);
    const { clock, returnWithinSeconds, newId } = ports;
    const context = { now: clock.now(), writeId: newId(), returnWithinSeconds };
    const next = transition(
      row,
      write,
      context,
      message === undefined ? undefined : { ...message, failedKey },
    );
    if (next === undefined) return { applied: false, row };
    if (await ports.failedMessages.put(next, row?.revision)) return { applied: true, row: next };
    await clock.sleep(clock.random() * 20 * 2 ** attempt);
  }
  throw new Error(`The row ${failedKey} changed at each of ${ATTEMPTS} attempts to write it.`);
}

/** The failed-message store as the middleware uses it. */
export function failureLog(ports: FailurePorts): FailureLog {
  const record = async (message: MessageFacts, write: FailedWrite) => {
    await applyWrite(ports, await keyFor(ports, message), write, message);
  };
  return {
    park: (message, reason, error) => record(message, { kind: "park", reason, error }),
    lastAttemptFailed: (message, error) => record(message, { kind: "last-attempt", error }),
    resolve: (message) =>
      record(message, { kind: "resolve", by: message.consumer, why: "a resent copy did its work" }),
  };
}

/** Another body under the same id is kept beside the first, never over it. */
export async function keyFor(
  ports: Pick<FailurePorts, "failedMessages">,
  message: MessageFacts,
): Promise<string> {
  const failedKey = failedKeyOf(message);
  const row = await ports.failedMessages.get(failedKey);
  const isAnother = row !== undefined && row.bodyHash !== sha256(message.body);
  return isAnother ? secondVersionKey(failedKey, message.body) : failedKey;
}
