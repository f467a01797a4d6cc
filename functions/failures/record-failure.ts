import type { Reason } from "../contract/failures.ts";
import type { Clock } from "../middleware/clock.ts";
import type { FailureLog, MessageFacts } from "../middleware/failure-log.ts";
import { sha256 } from "../middleware/sha256.ts";
import {
  type FailedMessage,
  type FailedWrite,
  failedKeyOf,
  secondVersionKey,
  wasParkedBy,
} from "./domain/failed-message.ts";
import { transition } from "./domain/failed-transition.ts";
import type { FailedMessageStore } from "./ports/failed-message-store.ts";

export interface FailurePorts {
  readonly failedMessages: FailedMessageStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly returnWithinSeconds: number;
}

const ATTEMPTS = 10;

/**
 * Applies a write to a row despite concurrent writers. Returns the row afterwards and whether this write applied.
 * A message whose key holds another body is stored beside that row, never over it. The row that the write is
 * conditional on decides that: one that was read earlier may be out of date. `read` is the row as the caller has just
 * read it, in place of the first read.
 */
export async function applyWrite(
  ports: FailurePorts,
  failedKey: string,
  write: FailedWrite,
  message?: MessageFacts,
  read?: FailedMessage,
): Promise<{ readonly applied: boolean; readonly row: FailedMessage | undefined }> {
  const { clock, returnWithinSeconds, newId } = ports;
  const writeId = newId();
  let key = failedKey;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let row = attempt === 0 && read !== undefined ? read : await ports.failedMessages.get(key);
    if (message !== undefined && key === failedKey && isAnother(row, message)) {
      key = secondVersionKey(failedKey, message.body);
      row = await ports.failedMessages.get(key);
    }
    // An earlier attempt was applied, its reply was lost, and the row was written since: an act counts once.
    if (row?.history.some((entry) => entry.writeId === writeId)) return { applied: true, row };
    const context = { now: clock.now(), writeId, returnWithinSeconds };
    const named = message === undefined ? undefined : { ...message, failedKey: key };
    const next = transition(row, write, context, named);
    if (next === undefined) return { applied: false, row };
    if (await ports.failedMessages.put(next, row?.revision)) return { applied: true, row: next };
    await clock.sleep(clock.random() * 20 * 2 ** attempt);
  }
  throw new Error(`The row ${key} changed during each of ${ATTEMPTS} attempts to write it.`);
}

/** The failed-message store as the engine uses it. */
export function failureLog(ports: FailurePorts): FailureLog {
  const record = async (message: MessageFacts, write: FailedWrite) => {
    await applyWrite(ports, failedKeyOf(message), write, message);
  };
  return {
    park: (message, reason, error) => record(message, { kind: "park", reason, error }),
    lastAttemptFailed: (message, error) => record(message, { kind: "last-attempt", error }),
    resolve: (message) =>
      record(message, { kind: "resolve", by: message.consumer, why: "the message was processed" }),
  };
}

/** The key under which a message is stored, if it is. */
export async function keyFor(
  ports: Pick<FailurePorts, "failedMessages">,
  message: MessageFacts,
): Promise<string> {
  const failedKey = failedKeyOf(message);
  const row = await ports.failedMessages.get(failedKey);
  return isAnother(row, message) ? secondVersionKey(failedKey, message.body) : failedKey;
}

/** The reason that the last attempt of a message stored, if it stored one. */
export async function storedReason(
  ports: Pick<FailurePorts, "failedMessages">,
  message: MessageFacts,
): Promise<Reason | undefined> {
  const row = await ports.failedMessages.get(await keyFor(ports, message));
  return row?.status === "RETRYING" ? row.reason : undefined;
}

/** Whether the row holds another message of the same key. An edit makes no other message. */
function isAnother(row: FailedMessage | undefined, message: MessageFacts): boolean {
  if (row === undefined || wasParkedBy(row, message)) return false;
  return row.bodyHash !== sha256(message.body);
}
