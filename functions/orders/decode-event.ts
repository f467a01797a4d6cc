import { EVENT_TYPES, eventIdOf } from "../contract/order-status.ts";
import { ruleOf } from "../contract/patterns.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import { describeSchemaError, jsonFault, reasonOf } from "../middleware/json-faults.ts";
import { Unprocessable } from "../middleware/outcome.ts";
import type { DecodedText } from "../middleware/transport.ts";

/** An order event from the text of a message, or from any other value. Never throws. */
export function decodeEvent(text: unknown): DecodedText<OrderEvent> {
  return checkEvent(parseText(text));
}

/** A message's text, and its JSON. */
interface ParsedText {
  readonly text: string;
  readonly value: unknown;
}

/** The JSON of a message's text, or the error of its decoding. Never throws. */
export function parseText(text: unknown): ParsedText | Unprocessable {
  if (typeof text !== "string") return new Unprocessable("MALFORMED_JSON", "The message has no text.");
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    return new Unprocessable("MALFORMED_JSON", "The body is not valid JSON.");
  }
}

/** An order event from the result of `parseText`. Never throws. */
export function checkEvent(parsed: unknown): DecodedText<OrderEvent> {
  if (parsed instanceof Unprocessable) return malformed(parsed.reason, parsed.message);
  const { text, value } = parsed as ParsedText;
  if (!isOrderEvent(value)) return whyNot(value, text);
  // The search for a fault takes longer than parsing. A text of the shortest length has no room for one.
  if (text.length !== compactLength(value) || hasExponent(value, text)) {
    const fault = jsonFault(text);
    if (fault !== undefined) return malformed(reasonOf(fault), fault.detail);
  }
  const { type, subject, id, traceparent, data } = value;
  if (id !== eventIdOf(subject, data.orderVersion, type)) {
    return malformed("INVALID_EVENT", "/id must be <subject>:<data.orderVersion>:<type>.");
  }
  const decoded = {
    kind: "message",
    message: value,
    type,
    lane: subject,
    eventId: id,
    facts: { orderId: subject },
  } as const;
  return traceparent === undefined ? decoded : { ...decoded, traceparent };
}

/** Separate reasons for faults that an operator treats differently. */
function whyNot(value: unknown, text: string): DecodedText<OrderEvent> {
  const detail = describeSchemaError(isOrderEvent.errors?.[0], ruleOf).detail;
  const fault = jsonFault(text);
  if (fault?.kind === "forbidden key") return malformed(reasonOf(fault), fault.detail);
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

type Line = OrderEvent["data"]["lines"][number];

/** Characters of keys and punctuation, where every string is empty and every number has no digit. */
const EVENT =
  '{"specversion":"","id":"","type":"","source":"","subject":"","time":"","dataschema":"","data":}'.length;
const TRACEPARENT = ',"traceparent":""'.length;
const DATA = '{"customerId":"","orderVersion":,"lines":[],"amount":{"currency":"","minorUnits":}}'.length;
const LINE = '{"sku":"","quantity":,"unitPrice":},'.length;
const REASON = ',"reason":{"code":"","sku":""}'.length;

/**
 * The length of an event's JSON without spaces, escapes, exponents and unknown fields. A text of this length that is parsed
 * to the event has none of them and no repeated key, provided that `hasExponent` is false: any of them makes it longer.
 */
function compactLength(event: OrderEvent): number {
  const { specversion, id, type, source, subject, time, dataschema, traceparent, data } = event;
  const { customerId, orderVersion, lines, amount, reason } = data;
  let length = EVENT + DATA + specversion.length + id.length + type.length + source.length + subject.length;
  length += time.length + dataschema.length + customerId.length + amount.currency.length;
  length += digits(orderVersion) + digits(amount.minorUnits);
  if (traceparent !== undefined) length += TRACEPARENT + traceparent.length;
  if (reason !== undefined) length += REASON + reason.code.length + reason.sku.length;
  // The last line has no comma.
  for (const { sku, quantity, unitPrice } of lines) {
    length += LINE + sku.length + digits(quantity) + digits(unitPrice);
  }
  return length - 1;
}

/** An exponent shortens only multiples of 1,000: `1e3` is the text of 1000. */
const EXPONENT = /:\s*\d[\d.]*[eE]/;

/** Whether a number of the event may be written with an exponent that makes it shorter. */
function hasExponent({ data }: OrderEvent, text: string): boolean {
  const { orderVersion, lines, amount } = data;
  const isThousands =
    lines.some(isThousandsIn) || amount.minorUnits % 1_000 === 0 || orderVersion % 1_000 === 0;
  return isThousands && EXPONENT.test(text);
}

const isThousandsIn = ({ quantity, unitPrice }: Line) => quantity % 1_000 === 0 || unitPrice % 1_000 === 0;

/** Decimal digits of an integer that is not negative. */
function digits(integer: number): number {
  let count = 1;
  for (let power = 10; integer >= power; power *= 10) count += 1;
  return count;
}
