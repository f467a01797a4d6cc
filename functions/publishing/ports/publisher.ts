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

export interface Publisher {
  /**
   * One result for each event, in sequence. MUST NOT reject: an outage is a refusal of every event. `deadline` is in
   * milliseconds since the epoch; an event without a reply by then is refused, and may have been published.
   * `texts` MUST be sent byte for byte, one for each event; without them the events are printed.
   */
  publish(events: readonly OrderEvent[], deadline?: number, texts?: readonly string[]): Promise<Published[]>;
}

/** A topic that operators publish to. */
export interface Topic extends Publisher {
  /** Resolves if the topic exists. Writes nothing. */
  checkExists(): Promise<void>;
}

/** An event, and the redrive attributes that travel beside it. */
export interface OutgoingRecord {
  readonly event: OrderEvent;
  /** Sent byte for byte; without it the event is printed. */
  readonly text?: string;
  readonly attributes: Attributes;
}

/** A topic with partitions. Records of one order MUST reach the readers in the sequence of their publication. */
export interface RecordTopic extends Publisher {
  /** As `publish`, with attributes. The type and trace of each event always travel with it. */
  send(records: readonly OutgoingRecord[], deadline?: number): Promise<Published[]>;
}
