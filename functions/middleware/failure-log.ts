import type { Reason } from "../contract/errors.ts";
import type { MessageFacts } from "../failures/domain/failed-message.ts";

/** Where the middleware leaves what it could not process. Each call resolves once the fact is durable. */
export interface FailureLog {
  /** The message will not be tried again by itself; a person can see it from now on. */
  park(message: MessageFacts, reason: Reason, error?: unknown): Promise<void>;
  /** The last attempt failed; the message is on its way to the dead-letter queue. */
  lastAttemptFailed(message: MessageFacts, error?: unknown): Promise<void>;
  /** A copy that had been sent again did its work. */
  resolve(message: MessageFacts): Promise<void>;
}
