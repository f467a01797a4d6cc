import type { OrderEvent } from "../contract/schemas.ts";

/** What the topic did with one event. */
export type Published =
  | { readonly kind: "published" }
  /** `permanent`: the fault is the message's (the topic will never take it); otherwise it may later. */
  | { readonly kind: "refused"; readonly permanent: boolean; readonly error: unknown };

export interface Publisher {
  /** One answer for each event, in their order. MUST NOT reject: an outage is a refusal of every event. */
  publish(events: readonly OrderEvent[]): Promise<Published[]>;
}
