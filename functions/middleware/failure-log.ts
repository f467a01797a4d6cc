import type { Attributes } from "./attributes.ts";
import { errorLine } from "./error-text.ts";
import { Unprocessable } from "./outcome.ts";
import type { Reason } from "./register.ts";

/** Where the middleware leaves what it could not process. Each call resolves once the fact is durable. */
export interface FailureLog {
  /** The message will not be tried again by itself; a person can see it from now on. */
  park(message: MessageFacts, reason: Reason, error?: unknown): Promise<void>;
  /** The last attempt failed; the message is on its way to the dead-letter queue. */
  lastAttemptFailed(message: MessageFacts, error?: unknown): Promise<void>;
  /** A copy that had been sent again did its work. */
  resolve(message: MessageFacts): Promise<void>;
}

/** What is known of a message when it fails. A service may merge fields of its own into it; its decoder sets them. */
export interface MessageFacts {
  readonly consumer: string;
  /** Where it came from: a queue's ARN; of a stream or a Kafka topic the very record, ending in `@` and its number. */
  readonly source: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly eventId?: string;
  readonly eventType?: string;
}

/**
 * Stores nothing, so it parks nothing: the message is negative-acknowledged, and its queue moves it to the dead-letter
 * queue after the last receive.
 */
export const noStore: FailureLog = {
  park: async (_, reason, error) => {
    throw new Unprocessable(
      reason,
      `${reason}, not parked: there is no store. ${errorLine(error) ?? ""}`.trim(),
    );
  },
  lastAttemptFailed: async () => {},
  resolve: async () => {},
};
