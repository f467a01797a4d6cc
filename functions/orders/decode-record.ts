import { RABBITMQ_QUEUE_NAMES } from "../contract/broker-names.ts";
import { EVENT_TYPES } from "../contract/order-status.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import { Unprocessable } from "../middleware/outcome.ts";
import type { Decoded, DecodedText } from "../middleware/transport.ts";
import { type KafkaRecord, kafkaFault, kafkaHeader } from "../middleware/transports/kafka.ts";
import { type RabbitRecord, rabbitHeader, rabbitProperty } from "../middleware/transports/rabbitmq.ts";
import { isSpent } from "../middleware/transports/rabbitmq-retries.ts";
import { base64Text } from "../middleware/transports/record-bytes.ts";
import { checkEvent, parseText } from "./decode-event.ts";
import { orderIdOfEvent } from "./domain/order.ts";

const TOMBSTONE = { kind: "empty", why: "tombstone" } as const;

/** The JSON of a record's value, or the error of its decoding. Never throws. */
export function parseRecord(raw: KafkaRecord): unknown {
  if (isTombstone(raw)) return undefined;
  const fault = kafkaFault(raw);
  return fault === undefined ? parseValue(raw.value) : new Unprocessable("BAD_ENCODING", fault);
}

/** The JSON of base64, or the error of its decoding. */
function parseValue(value: unknown): unknown {
  const text = typeof value === "string" ? base64Text(value) : undefined;
  if (text === undefined) {
    return new Unprocessable("BAD_ENCODING", "The record's value is not UTF-8 in base64.");
  }
  if (text.charCodeAt(0) === 0) {
    const detail = "The value begins with a schema registry's magic byte: write plain JSON.";
    return new Unprocessable("MALFORMED_JSON", detail);
  }
  return parseText(text);
}

/**
 * An order event from a Kafka record. A key that is not the order's id is accepted: the key decides about the sequence
 * only, the order row about the effect. Never throws.
 */
export function decodeRecord(raw: KafkaRecord, parsed = parseRecord(raw)): Decoded<OrderEvent> {
  if (isTombstone(raw)) return TOMBSTONE;
  return withTrace(checkEvent(parsed), () => kafkaHeader(raw, "traceparent"));
}

/** The JSON of a RabbitMQ message, or the error of its decoding. Never throws. */
export function parseRabbitRecord(raw: RabbitRecord): unknown {
  return isSpent(raw, RABBITMQ_QUEUE_NAMES) ? undefined : parseValue(raw.data);
}

/**
 * An order event from a RabbitMQ message. One that crashed the function each time is not read: its facts are its
 * properties. Never throws.
 */
export function decodeRabbitRecord(
  raw: RabbitRecord,
  parsed = parseRabbitRecord(raw),
): DecodedText<OrderEvent> {
  if (isSpent(raw, RABBITMQ_QUEUE_NAMES)) {
    const detail = "The function ended without a report each time that it had this message alone.";
    return { kind: "malformed", reason: "NO_REPORT", detail, facts: propertiesOf(raw) };
  }
  return withTrace(checkEvent(parsed), () => rabbitHeader(raw, "traceparent"));
}

/** The publisher's own properties; any other text is no id and no type. */
function propertiesOf(raw: RabbitRecord): Partial<MessageFacts> {
  const [eventId, type] = [rabbitProperty(raw, "messageId"), rabbitProperty(raw, "type")];
  const eventType = EVENT_TYPES.find((known) => known === type);
  const orderId = orderIdOfEvent(eventId);
  if (eventId === undefined || eventType === undefined || orderId === undefined) return {};
  return { eventId, eventType, orderId };
}

function withTrace<D extends Decoded<OrderEvent>>(decoded: D, header: () => string | undefined): D {
  if (decoded.kind !== "message" || decoded.traceparent !== undefined) return decoded;
  const traceparent = header();
  return traceparent === undefined ? decoded : { ...decoded, traceparent };
}

function isTombstone({ value }: KafkaRecord): boolean {
  return value === null || value === undefined;
}
