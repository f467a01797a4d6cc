import { EVENT_TYPES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import { Unprocessable } from "../domain/outcome.ts";
import type { DecodedText } from "./decoded.ts";
import { describeSchemaError } from "./schema-error.ts";

const COLON = 58;

/** An order event from the text of a message, or from whatever else is in its place. Never throws. */
export function decodeEvent(text: unknown): DecodedText<OrderEvent> {
  if (typeof text !== "string") return malformed("MALFORMED_JSON", "The message has no text.");
  let value: unknown;
  try {
    // Looking at each key takes longer than parsing, so it is done only where the text gives reason to.
    const isSuspicious = text.includes("__proto__") || text.includes("\\u00");
    value = isSuspicious ? JSON.parse(text, refusePrototype) : JSON.parse(text);
  } catch (error) {
    if (error instanceof Unprocessable) return malformed(error.reason, error.message);
    return malformed("MALFORMED_JSON", "The body is not valid JSON.");
  }
  if (!isOrderEvent(value)) return whyNot(value);
  if (!isIdOf(value)) {
    return malformed("INVALID_EVENT", "/id has to be <subject>:<data.orderVersion>:<type>.");
  }
  const { type, subject, id, traceparent } = value;
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
  if (key === "__proto__") throw new Unprocessable("BAD_ENCODING", "The body holds a key that is refused.");
  return value;
}

/** Whether the id is made of the event's own parts, as `<subject>:<data.orderVersion>:<type>`. */
function isIdOf({ id, subject, type, data }: OrderEvent): boolean {
  // Compared piece by piece: building the text to compare with would cost more than validating the event.
  const version = id.slice(subject.length + 1, -type.length - 1);
  return (
    id.startsWith(subject) &&
    id.endsWith(type) &&
    id.charCodeAt(subject.length) === COLON &&
    id.charCodeAt(id.length - type.length - 1) === COLON &&
    version === String(data.orderVersion)
  );
}

/** Tells apart what a person would treat differently; the events that pass never come here. */
function whyNot(value: unknown): DecodedText<OrderEvent> {
  const detail = describeSchemaError(isOrderEvent.errors?.[0]).detail;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return malformed("MALFORMED_JSON", "The body is JSON, but not an object.");
  }
  const { Type, TopicArn, type, dataschema } = value as Record<string, unknown>;
  if (Type === "Notification" && TopicArn !== undefined) {
    return malformed("ENVELOPE_MISMATCH", "The subscription has to deliver raw messages.");
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
