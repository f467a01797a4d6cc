import type { OrderEvent } from "../contract/schemas.ts";
import type { Decoded } from "./decoded.ts";
import type { StreamRecord } from "./transports/dynamodb-stream.ts";

/** A status transition of an order row; no event where the row changed without one. */
export interface Transition {
  readonly event: OrderEvent | undefined;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Decodes records of the orders table's stream by `eventOf`, which knows how rows are stored. */
export function transitionDecoder(
  eventOf: (images: StreamRecord["dynamodb"]) => OrderEvent | undefined,
): (raw: StreamRecord) => Decoded<Transition> {
  return (raw) => {
    let event: OrderEvent | undefined;
    try {
      event = eventOf(raw.dynamodb);
    } catch {
      return {
        kind: "malformed",
        reason: "INVALID_EVENT",
        detail: "The images are not those of an order row.",
      };
    }
    const changedAt = raw.dynamodb.ApproximateCreationDateTime * 1_000;
    const message = { event, changedAt };
    if (event === undefined) return { kind: "message", message, type: "none", lane: "" };
    return {
      kind: "message",
      message,
      type: event.type,
      lane: event.subject,
      eventId: event.id,
      orderId: event.subject,
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      // What is published again later is the event, not the row.
      facts: { body: JSON.stringify(event), attributes: { type: event.type } },
    };
  };
}
