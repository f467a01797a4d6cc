import type { Attributes } from "./attributes.ts";
import type { MessageFacts } from "./failure-log.ts";
import type { Reason } from "./register.ts";

/**
 * One source of records: SQS, a stream, a Kafka topic. Everything specific to it is in its file in `transports/`.
 * All functions but `negativeAcknowledge` are synchronous. All but `read` MUST NOT throw.
 */
export interface Transport<Raw> {
  /**
   * The records of an event, in their sequence. MUST throw an `UnexpectedEvent` for an event of another source and for a
   * record that could not be named in the response: the whole batch is then redelivered.
   */
  read(event: unknown): readonly Raw[];
  body(raw: Raw): string;
  /**
   * A queue's ARN. Where an acknowledged record may be redelivered because an earlier one failed, this MUST name the record
   * itself and end in `@` and its number.
   */
  source(raw: Raw): string;
  /** The attributes or headers of the message, losslessly. */
  attributes(raw: Raw): Attributes;
  /** Whether the message was retried from the dead-letter queue or redriven. */
  isRetriedOrRedriven(raw: Raw): boolean;
  /** Milliseconds since the epoch. */
  sentAt(raw: Raw): number;
  /** 1 at the first delivery; always 1 where the transport does not count. */
  attempt(raw: Raw): number;
  /** Whether the transport gives up on this record if it fails now; also true where that is possible but unknown. */
  isLastAttempt(raw: Raw): boolean;
  /** Whether a failure parks this record, because the transport itself never gives up on it. */
  parksNow?(raw: Raw): boolean;
  /** Records of one lane run in sequence; `undefined` where the transport keeps no sequence. */
  lane(raw: Raw): string | undefined;
  /** The response for the event source mapping. MUST name every failed record, and only records of this event. */
  response(records: readonly Raw[], failed: readonly Raw[]): unknown;
  /**
   * Sends the message to its queue again, as a new one without earlier receives. Resolves once the queue has stored it.
   * Absent where messages are not postponed.
   */
  postpone?(raw: Raw, seconds: number): Promise<void>;
  /** Sets when each failed record is redelivered. A failure of this call changes no outcome. */
  negativeAcknowledge?(returns: readonly { readonly raw: Raw; readonly seconds: number }[]): Promise<void>;
}

/** The event is from another source. Thrown, so that none of its records is acknowledged. */
export class UnexpectedEvent extends Error {
  override readonly name = "UnexpectedEvent";
}

/** An event's `Records`, each an object with the given source. */
export function recordsOf(event: unknown, eventSource: string): readonly Record<string, unknown>[] {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) throw new UnexpectedEvent(`Expected an event of ${eventSource} with Records.`);
  for (const record of records) {
    const source: unknown = record?.eventSource;
    if (source !== eventSource) {
      throw new UnexpectedEvent(`Expected records of ${eventSource}, received one of ${String(source)}.`);
    }
  }
  return records;
}

/** A record's content: a message, or the reason why there is none. */
export type Decoded<Message> =
  | {
      readonly kind: "message";
      readonly message: Message;
      /** From a closed set, because it becomes a metric dimension. */
      readonly type: string;
      /** Messages of one lane are handled in sequence where the transport itself keeps none. */
      readonly lane?: string;
      readonly eventId?: string;
      readonly traceparent?: string;
      /** Stored beside, or in place of, the facts of the record itself. */
      readonly facts?: Partial<MessageFacts>;
    }
  | {
      readonly kind: "malformed";
      readonly reason: Reason;
      readonly detail: string;
      /** What is known of it beside its body. */
      readonly facts?: Partial<MessageFacts>;
    }
  /** An intentionally empty record, such as a tombstone. It is acknowledged as ignored. */
  | { readonly kind: "empty"; readonly why: string };

/** The same for a transport whose records are never empty. */
export type DecodedText<Message> = Exclude<Decoded<Message>, { readonly kind: "empty" }>;
