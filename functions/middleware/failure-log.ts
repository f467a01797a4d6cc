import type { Attributes } from "./attributes.ts";
import type { Reason } from "./register.ts";

/** Stores the failures of messages. Each call resolves once its write is durable. */
export interface FailureLog {
  /** No attempt can succeed: the message waits for an operator and is not retried by its transport. */
  park(message: MessageFacts, reason: Reason, error?: unknown): Promise<void>;
  /** The last attempt failed; the message is on its way to the dead-letter queue. */
  lastAttemptFailed(message: MessageFacts, error?: unknown): Promise<void>;
  /** A retried or redriven message is finished. */
  resolve(message: MessageFacts): Promise<void>;
}

/** The facts about a message that fails. A service may merge fields of its own into it, which its decoder sets. */
export interface MessageFacts {
  readonly consumer: string;
  /** A queue's ARN; for a stream or a Kafka topic the record itself, ending in `@` and its number. */
  readonly source: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly eventId?: string;
  readonly eventType?: string;
}
