import type { Reason } from "../contract/errors.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import type { Decoded, Transport } from "../middleware/transport.ts";
import { type KafkaRecord, kafka } from "../middleware/transports/kafka.ts";
import { base64Text } from "../middleware/transports/kafka-bytes.ts";
import { decodeRecord } from "../orders/decode-record.ts";

/** Why a record is there: what Lambda says, or what is wrong with the record itself. */
export interface GaveUp {
  readonly reason: Reason;
  readonly detail: string;
}

/** A record that nobody got through with, as its consumer would have told of it. */
export interface DeadMessage extends GaveUp {
  readonly facts: MessageFacts;
}

/** A record that ended in the dead-letter topic, as it was in its own topic. */
export interface DeadRecord extends KafkaRecord {
  readonly gaveUp: GaveUp;
}

/**
 * The topic where a mapping of Kafka leaves the records it gave up on: a document about the invocation, whose
 * payload is the event that failed. A record that is no such document is taken for the failed record itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export function deadLetterTopic(): Transport<DeadRecord> {
  const topic = kafka() as Transport<DeadRecord>;
  return {
    ...topic,
    read: (event) => kafka().read(event).flatMap(unwrapped),
    // Being parked is not the effect that the marks of a copy wait for.
    hasFailedBefore: () => false,
  };
}

/**
 * Why each record is parked, as a failure of `consumer`, which did not get through with it. What cannot be read
 * is parked all the same: nothing else looks at this topic.
 */
export function deadRecordDecoder(consumer: string): (raw: DeadRecord) => Decoded<DeadMessage> {
  const topic = kafka();
  return (raw) => {
    const content = decodeRecord(raw);
    if (content.kind === "empty") return content;
    const known =
      content.kind === "message"
        ? { eventId: content.message.id, eventType: content.type, orderId: content.message.subject }
        : {};
    const facts = {
      consumer,
      source: topic.source(raw),
      body: topic.body(raw),
      attributes: topic.attributes(raw),
      ...known,
    };
    const lane = String(raw.offset);
    if (content.kind === "malformed") {
      const { reason, detail } = content;
      return { kind: "message", message: { reason, detail, facts }, type: "unknown", lane, facts };
    }
    return { ...content, message: { ...raw.gaveUp, facts }, facts };
  };
}

function unwrapped(outer: KafkaRecord): DeadRecord[] {
  const raw = { ...outer, gaveUp: { reason: "NO_REPORT", detail: "Nothing is said of why." } } as const;
  const document = documentIn(outer);
  if (document === undefined) return [raw];
  try {
    const inner = kafka().read(document["payload"]);
    if (inner.length === 0) return [raw];
    const gaveUp = gaveUpOf(document);
    return inner.map((record) => ({ ...record, gaveUp }));
  } catch {
    return [raw];
  }
}

function documentIn({ value }: KafkaRecord): Record<string, unknown> | undefined {
  const text = typeof value === "string" ? base64Text(value) : undefined;
  if (text === undefined || !text.includes('"requestContext"')) return undefined;
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null
      ? (document as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A function that answered each time said which records it failed. One that ended with an error left no reason, and
 * a record that grew too old may never have been tried.
 */
function gaveUpOf(document: Record<string, unknown>): GaveUp {
  const { condition, approximateInvokeCount } = objectIn(document, "requestContext");
  const { functionError } = objectIn(document, "responseContext");
  const crashed = typeof functionError === "string" && functionError !== "";
  const isUsedUp = typeof condition === "string" && /retr(y|ies)/i.test(condition);
  const after =
    typeof approximateInvokeCount === "number" ? ` after ${approximateInvokeCount} invocations` : "";
  return {
    reason: !crashed && isUsedUp ? "RETRIES_EXHAUSTED" : "NO_REPORT",
    detail: `Lambda gave up${after}: ${String(condition)}${crashed ? `, function error ${functionError}` : ""}.`,
  };
}

function objectIn(document: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = document[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
