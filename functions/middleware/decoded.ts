import type { Reason } from "../contract/errors.ts";
import type { MessageFacts } from "../failures/domain/failed-message.ts";

/** A record's content: a message to handle, or the reason why it never can be. */
export type Decoded<Message> =
  | {
      readonly kind: "message";
      readonly message: Message;
      /** One of a closed set: it becomes a metric dimension. */
      readonly type: string;
      /** Messages of one lane are handled one after the other where the transport itself keeps no order. */
      readonly lane: string;
      readonly eventId?: string;
      readonly orderId?: string;
      readonly traceparent?: string;
      /** What the failed-message store is to keep instead of what the record itself says. */
      readonly facts?: Partial<MessageFacts>;
    }
  | { readonly kind: "malformed"; readonly reason: Reason; readonly detail: string }
  /** There is nothing in it to handle, and that is no fault of anybody: it is settled as ignored. */
  | { readonly kind: "empty"; readonly why: string };

/** The same for a transport whose records are never empty. */
export type DecodedText<Message> = Exclude<Decoded<Message>, { readonly kind: "empty" }>;
