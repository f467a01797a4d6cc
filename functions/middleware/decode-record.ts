import type { OrderEvent } from "../contract/schemas.ts";
import { decodeEvent } from "./decode-event.ts";
import type { Decoded } from "./decoded.ts";
import { type KafkaRecord, kafkaFault } from "./transports/kafka.ts";
import { base64Text, headerOf } from "./transports/kafka-bytes.ts";

const TOMBSTONE = { kind: "empty", why: "tombstone" } as const;

/**
 * An order event from a record of Kafka. A key that is not the order's id is let through: it decides about
 * order only, the order row decides about the effect. Never throws.
 */
export function decodeRecord(raw: KafkaRecord): Decoded<OrderEvent> {
  const { value } = raw;
  if (value === null || value === undefined) return TOMBSTONE;
  const fault = kafkaFault(raw);
  if (fault !== undefined) return malformed("BAD_ENCODING", fault);
  const text = typeof value === "string" ? base64Text(value) : undefined;
  if (text === undefined) return malformed("BAD_ENCODING", "The record's value is not UTF-8 in base64.");
  if (text.charCodeAt(0) === 0) {
    return malformed("MALFORMED_JSON", "The value begins with a schema registry's mark: write plain JSON.");
  }
  const decoded = decodeEvent(text);
  if (decoded.kind === "malformed" || decoded.traceparent !== undefined) return decoded;
  const traceparent = headerOf(raw.headers, "traceparent");
  return traceparent === undefined ? decoded : { ...decoded, traceparent };
}

function malformed(reason: "BAD_ENCODING" | "MALFORMED_JSON", detail: string) {
  return { kind: "malformed", reason, detail } as const;
}
