import type { OrderEvent } from "../../contract/schemas.ts";
import { linesDigest } from "../../orders/domain/order.ts";
import { type BodyContent, isTakenBy } from "./redrive-decision.ts";

export interface EditFault {
  readonly detail: string;
  /** JSON Pointer into the request, where `/body` is the edited body. */
  readonly pointer: string;
}

/** What makes one order event another one: an edit may not change it. */
const FIXED: readonly (readonly [pointer: string, of: (event: OrderEvent) => unknown])[] = [
  ["/id", (event) => event.id],
  ["/type", (event) => event.type],
  ["/subject", (event) => event.subject],
  ["/data/lines", (event) => linesDigest(event.data.lines)],
];

/**
 * What is wrong with an edit, or the event that it makes. The new body has to be what the consumer takes; where
 * the old one was an order event already, it has to stay the same event.
 */
export function editedEvent(
  consumer: string,
  before: BodyContent,
  after: BodyContent,
): { readonly kind: "event"; readonly event: OrderEvent } | ({ readonly kind: "fault" } & EditFault) {
  if (after.kind === "malformed") {
    // The sentence of a schema's complaint begins with the field it is about.
    const field = /^(\/\S*) /.exec(after.detail)?.[1] ?? "";
    return { kind: "fault", detail: after.detail, pointer: `/body${field}` };
  }
  const { message } = after;
  if (!isTakenBy(consumer, message.type)) {
    return { kind: "fault", detail: `${consumer} takes no ${message.type}.`, pointer: "/body/type" };
  }
  if (before.kind === "message") {
    const changed = FIXED.find(([, of]) => of(before.message) !== of(message));
    if (changed !== undefined) {
      const [pointer] = changed;
      return {
        kind: "fault",
        detail: `${pointer} makes this event what it is, and stays as it was.`,
        pointer: `/body${pointer}`,
      };
    }
  }
  return { kind: "event", event: message };
}
