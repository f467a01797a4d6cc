import type { OrderEvent } from "../../contract/schemas.ts";

/** What the topic did with one event. */
export type Published =
  | { readonly kind: "published" }
  /** `permanent`: the fault is the message's (the topic will never take it); otherwise it may later. */
  | { readonly kind: "refused"; readonly permanent: boolean; readonly error: unknown };

export interface Publisher {
  /**
   * One answer for each event, in their order. MUST NOT reject: an outage is a refusal of every event.
   * `deadline` is in milliseconds since the epoch; what has no answer by then is refused, and may be there all
   * the same.
   */
  publish(events: readonly OrderEvent[], deadline?: number): Promise<Published[]>;
}

/** A topic that operators can send to, and ask about first. */
export interface Topic extends Publisher {
  /** Resolves if the topic is there. Changes nothing. */
  look(): Promise<void>;
}

/** An event, and what travels beside it: the marks of a copy that is sent again. */
export interface OutgoingRecord {
  readonly event: OrderEvent;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A topic with partitions. Records of one order MUST come to its readers in the order they were published. */
export interface RecordTopic extends Publisher {
  /** As `publish`, with what travels beside each event. Its type and its trace travel with it anyway. */
  send(records: readonly OutgoingRecord[], deadline?: number): Promise<Published[]>;
}
