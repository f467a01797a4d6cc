import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import type { Decoded } from "../middleware/transport.ts";
import type { StreamRecord } from "../middleware/transports/dynamodb-stream.ts";
import type { Transition } from "../orders/domain/order.ts";

const NO_ORDER_ROW = {
  kind: "malformed",
  reason: "INVALID_EVENT",
  detail: "The images are not those of an order row.",
} as const;

/** Decodes records of the orders table's stream. `eventOf` reads stored rows. */
export function transitionDecoder(
  eventOf: (images: StreamRecord["dynamodb"]) => OrderEvent | undefined,
): (raw: StreamRecord) => Decoded<Transition> {
  return (raw) => {
    let event: OrderEvent | undefined;
    try {
      event = eventOf(raw.dynamodb);
    } catch {
      return NO_ORDER_ROW;
    }
    // Published, it would be parked by every consumer, or its whole batch refused.
    if (event !== undefined && !isOrderEvent(event)) return NO_ORDER_ROW;
    const changedAt = raw.dynamodb.ApproximateCreationDateTime * 1_000;
    const message = { event, changedAt };
    if (event === undefined) return { kind: "message", message, type: "none", lane: "" };
    return {
      kind: "message",
      message,
      type: event.type,
      lane: event.subject,
      eventId: event.id,
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      // A retry publishes the event, not the row.
      facts: { orderId: event.subject, body: JSON.stringify(event), attributes: { type: event.type } },
    };
  };
}
