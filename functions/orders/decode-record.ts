import type { OrderEvent } from "../contract/schemas.ts";
import { Unprocessable } from "../middleware/outcome.ts";
import type { Decoded } from "../middleware/transport.ts";
import { type KafkaRecord, kafkaFault } from "../middleware/transports/kafka.ts";
import { base64Text, headerOf } from "../middleware/transports/kafka-bytes.ts";
import { checkEvent, parseText } from "./decode-event.ts";

const TOMBSTONE = { kind: "empty", why: "tombstone" } as const;

/** The JSON of a record's value, or the error of its decoding. Never throws. */
export function parseRecord(raw: KafkaRecord): unknown {
  const { value } = raw;
  if (isTombstone(raw)) return undefined;
  const fault = kafkaFault(raw);
  if (fault !== undefined) return new Unprocessable("BAD_ENCODING", fault);
  const text = typeof value === "string" ? base64Text(value) : undefined;
  if (text === undefined) {
    return new Unprocessable("BAD_ENCODING", "The record's value is not UTF-8 in base64.");
  }
  if (text.charCodeAt(0) === 0) {
    const mark = "The value begins with a schema registry's mark: write plain JSON.";
    return new Unprocessable("MALFORMED_JSON", mark);
  }
  return parseText(text);
}

/**
 * An order event from a Kafka record. A key that is not the order's id is accepted: the key decides about the sequence
 * only, the order row about the effect. Never throws.
 */
export function decodeRecord(raw: KafkaRecord, parsed = parseRecord(raw)): Decoded<OrderEvent> {
  if (isTombstone(raw)) return TOMBSTONE;
  const decoded = checkEvent(parsed);
  if (decoded.kind === "malformed" || decoded.traceparent !== undefined) return decoded;
  const traceparent = headerOf(raw.headers, "traceparent");
  return traceparent === undefined ? decoded : { ...decoded, traceparent };
}

function isTombstone({ value }: KafkaRecord): boolean {
  return value === null || value === undefined;
}
