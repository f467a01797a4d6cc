import type { OrderEvent } from "../contract/schemas.ts";

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
export function compactLength(event: OrderEvent): number {
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
export function hasExponent({ data }: OrderEvent, text: string): boolean {
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
