import { EVENT_TYPES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import { describeSchemaError } from "../middleware/http-body.ts";
import { Unprocessable } from "../middleware/outcome.ts";
import type { DecodedText } from "../middleware/transport.ts";

/** An order event from the text of a message, or from any other value. Never throws. */
export function decodeEvent(text: unknown): DecodedText<OrderEvent> {
  return checkEvent(parseText(text));
}

/** The JSON of a message's text, or the error of its decoding. Never throws. */
export function parseText(text: unknown): unknown {
  if (typeof text !== "string") return new Unprocessable("MALFORMED_JSON", "The message has no text.");
  try {
    // A reviver takes longer than parsing, so it runs only where the text gives reason to.
    const isSuspicious = text.includes("__proto__") || text.includes("\\u00");
    return isSuspicious ? JSON.parse(text, refusePrototype) : JSON.parse(text);
  } catch (error) {
    if (error instanceof Unprocessable) return error;
    return new Unprocessable("MALFORMED_JSON", "The body is not valid JSON.");
  }
}

/** An order event from the result of `parseText`. Never throws. */
export function checkEvent(value: unknown): DecodedText<OrderEvent> {
  if (value instanceof Unprocessable) return malformed(value.reason, value.message);
  if (!isOrderEvent(value)) return whyNot(value);
  const { type, subject, id, traceparent, data } = value;
  if (id !== `${subject}:${data.orderVersion}:${type}`) {
    return malformed("INVALID_EVENT", "/id must be <subject>:<data.orderVersion>:<type>.");
  }
  const decoded = {
    kind: "message",
    message: value,
    type,
    lane: subject,
    eventId: id,
    orderId: subject,
  } as const;
  return traceparent === undefined ? decoded : { ...decoded, traceparent };
}

/** A key that would change a prototype when it is merged, however it is spelled. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new Unprocessable("BAD_ENCODING", "The body holds a forbidden key.");
  return value;
}

/** Separate reasons for faults that an operator treats differently. */
function whyNot(value: unknown): DecodedText<OrderEvent> {
  const detail = describeSchemaError(isOrderEvent.errors?.[0]).detail;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return malformed("MALFORMED_JSON", "The body is JSON, but not an object.");
  }
  const { Type, TopicArn, type, dataschema } = value as Record<string, unknown>;
  if (Type === "Notification" && TopicArn !== undefined) {
    return malformed("ENVELOPE_MISMATCH", "The subscription must deliver raw messages.");
  }
  if (typeof type === "string" && !EVENT_TYPES.some((known) => known === type)) {
    return malformed("UNKNOWN_TYPE", detail);
  }
  if (typeof dataschema === "string" && /^urn:order-events:order:(?!1(\.|$))[\w.]*$/.test(dataschema)) {
    return malformed("UNSUPPORTED_VERSION", detail);
  }
  return malformed("INVALID_EVENT", detail);
}

function malformed(reason: Extract<DecodedText<never>, { kind: "malformed" }>["reason"], detail: string) {
  return { kind: "malformed", reason, detail } as const;
}
