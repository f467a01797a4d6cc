import type { OrderEvent } from "../../contract/schemas.ts";
import type { Attributes } from "../../middleware/attributes.ts";

/** The result of one event. */
export type Published =
  | { readonly kind: "published" }
  /**
   * `permanent`: the topic will never accept this message; otherwise it may accept it later. `isThrottle`: the rate of
   * the account is used up.
   */
  | {
      readonly kind: "refused";
      readonly permanent: boolean;
      readonly error: unknown;
      readonly isThrottle?: true;
    };

export interface OutgoingEvent {
  readonly event: OrderEvent;
  /** MUST be sent byte for byte; without it the event is printed. */
  readonly text?: string;
}

export interface Publisher {
  /**
   * One result for each event, in sequence. MUST NOT reject: an outage is a refusal of every event. `deadline` is in
   * milliseconds since the epoch; an event without a reply by then is refused, and may have been published.
   */
  publish(events: readonly OutgoingEvent[], deadline?: number): Promise<Published[]>;
}

/** A topic that operators publish to. */
export interface Topic extends Publisher {
  /** Resolves if the topic exists. Writes nothing. */
  checkExists(): Promise<void>;
}

export interface OutgoingRecord extends OutgoingEvent {
  /** Travel beside the event, such as those of a redrive. */
  readonly attributes?: Attributes;
}

/** A topic with partitions. Records of one order MUST reach the readers in the sequence of their publication. */
export interface RecordTopic extends Publisher {
  /** The type and trace of each event always travel with it. */
  publish(records: readonly OutgoingRecord[], deadline?: number): Promise<Published[]>;
}
