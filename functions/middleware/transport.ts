import type { Attributes } from "./attributes.ts";
import type { MessageFacts } from "./failure-log.ts";
import type { Reason } from "./register.ts";

/**
 * What a transport has to tell of its records. One file in `transports/` each; nothing else knows them.
 * All functions but `negativeAcknowledge` are synchronous and MUST NOT throw, except `read`.
 */
export interface Transport<Raw> {
  /**
   * The records of an event, in their order. MUST throw an `UnexpectedEvent` on an event of another source or
   * with a record that could not be named in the response: the whole batch then comes again.
   */
  read(event: unknown): readonly Raw[];
  body(raw: Raw): string;
  /**
   * Where it came from: a queue's ARN. MUST name the very record, and end in `@` and its number, where a record that
   * was acknowledged may come again because one before it failed.
   */
  source(raw: Raw): string;
  /** What travelled beside the body, losslessly. */
  attributes(raw: Raw): Attributes;
  /** Whether this copy was sent again by us. */
  hasFailedBefore(raw: Raw): boolean;
  /** Milliseconds since the epoch. */
  sentAt(raw: Raw): number;
  /** 1 at the first delivery; always 1 where the transport does not count. */
  attempt(raw: Raw): number;
  /** Whether the transport will give up on this record if it fails now, or may where it cannot tell. */
  isLastAttempt(raw: Raw): boolean;
  /** Records with the same lane are run one after the other; `undefined` where the transport keeps no order. */
  lane(raw: Raw): string | undefined;
  /** What the event-source mapping expects; MUST name every failed record, and only records of this event. */
  response(records: readonly Raw[], failed: readonly Raw[]): unknown;
  /** Tells the transport when each failed record is to come again. A failure here changes nothing. */
  negativeAcknowledge?(returns: readonly { readonly raw: Raw; readonly seconds: number }[]): Promise<void>;
}

/** The event is not one this function was made for. Thrown, so that nothing of it is acknowledged. */
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

/** A record's content: a message to handle, or the reason why it never can be. */
export type Decoded<Message> =
  | {
      readonly kind: "message";
      readonly message: Message;
      /** One of a closed set: it becomes a metric dimension. */
      readonly type: string;
      /** Messages of one lane are handled one after the other where the transport itself keeps no order. */
      readonly lane?: string;
      readonly eventId?: string;
      readonly traceparent?: string;
      /** What the failed-message store keeps beside, or instead of, the facts of the record itself. */
      readonly facts?: Partial<MessageFacts>;
    }
  | { readonly kind: "malformed"; readonly reason: Reason; readonly detail: string }
  /** There is nothing in it to handle, by intention: it is acknowledged as ignored. */
  | { readonly kind: "empty"; readonly why: string };

/** The same for a transport whose records are never empty. */
export type DecodedText<Message> = Exclude<Decoded<Message>, { readonly kind: "empty" }>;
