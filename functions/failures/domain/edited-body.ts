import type { OrderEvent } from "../../contract/schemas.ts";
import { linesDigest } from "../../orders/domain/order.ts";
import { acceptsType, type BodyContent, doesNotAccept } from "./redrive-decision.ts";

export interface EditFault {
  readonly detail: string;
  /** JSON Pointer into the request, where `/body` is the edited body. */
  readonly pointer: string;
}

/** The identity of an order event: an edit must not change it. */
const FIXED: readonly (readonly [pointer: string, of: (event: OrderEvent) => unknown])[] = [
  ["/id", (event) => event.id],
  ["/type", (event) => event.type],
  ["/subject", (event) => event.subject],
  ["/data/lines", (event) => linesDigest(event.data.lines)],
];

/**
 * The event in an edited body, or the fault of the edit. The consumer has to accept the new body. Where the old one
 * was an order event, its identity stays.
 */
export function editedEvent(
  consumer: string,
  before: BodyContent,
  after: BodyContent,
): { readonly kind: "event"; readonly event: OrderEvent } | ({ readonly kind: "fault" } & EditFault) {
  if (after.kind === "malformed") {
    // The detail of a schema error begins with the pointer of its field.
    const field = /^(\/\S*) /.exec(after.detail)?.[1] ?? "";
    return { kind: "fault", detail: after.detail, pointer: `/body${field}` };
  }
  const { message } = after;
  if (!acceptsType(consumer, message.type)) {
    return { kind: "fault", detail: doesNotAccept(consumer, message.type), pointer: "/body/type" };
  }
  if (before.kind === "message") {
    const changed = FIXED.find(([, of]) => of(before.message) !== of(message));
    if (changed !== undefined) {
      const [pointer] = changed;
      return {
        kind: "fault",
        detail: `${pointer} identifies the event and cannot be edited.`,
        pointer: `/body${pointer}`,
      };
    }
  }
  return { kind: "event", event: message };
}
