import type { Reason } from "../../contract/failures.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { type Outcome, park, Unprocessable } from "../../middleware/outcome.ts";
import type { Decoded, Transport } from "../../middleware/transport.ts";
import { type KafkaRecord, kafka } from "../../middleware/transports/kafka.ts";
import { base64Text } from "../../middleware/transports/record-bytes.ts";
import { decodeRecord } from "../../orders/decode-record.ts";
import type { FailedMessageStore } from "../ports/failed-message-store.ts";
import { storedReason } from "../record-failure.ts";
import { deadLetterFacts } from "./dead-letter-facts.ts";

/** Why a record is in the topic: Lambda's condition, or the fault of the record itself. */
export interface GaveUp {
  readonly reason: Reason;
  readonly detail: string;
}

/** A dead record with the facts that its consumer would have stored. */
export interface DeadMessage extends GaveUp {
  readonly facts: MessageFacts;
}

/** A record as it was in its own topic. */
export interface DeadRecord extends KafkaRecord {
  readonly gaveUp: GaveUp;
}

/**
 * The topic where the event source mapping of Kafka writes the records that it gave up on. Each is a document about
 * the invocation, whose payload is the event that failed. Any other record is taken for the failed record itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export function deadLetterTopic(): Transport<DeadRecord> {
  const topic = kafka() as Transport<DeadRecord>;
  return {
    ...topic,
    read: (event) => kafka().read(event).flatMap(unwrap),
    // Parking a record must not resolve the row of its redrive.
    isRetriedOrRedriven: () => false,
  };
}

/**
 * Decodes each record as a failure of `consumer`. An unreadable record is parked as well: nothing else reads this
 * topic.
 */
export function deadRecordDecoder(consumer: string): (raw: DeadRecord) => Decoded<DeadMessage> {
  const topic = kafka();
  return (raw) => {
    const content = decodeRecord(raw);
    if (content.kind === "empty") return content;
    const facts = deadLetterFacts(consumer, topic, raw, content);
    const lane = String(raw.offset);
    if (content.kind === "malformed") {
      const { reason, detail } = content;
      return { kind: "message", message: { reason, detail, facts }, type: "unknown", lane, facts };
    }
    return { ...content, message: { ...raw.gaveUp, facts }, facts };
  };
}

function unwrap(outer: KafkaRecord): DeadRecord[] {
  const raw = { ...outer, gaveUp: { reason: "NO_REPORT", detail: "The record carries no reason." } } as const;
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
 * `RETRIES_EXHAUSTED` only where the function reported its failures. A function error leaves no reason, and a record
 * that expired may never have been tried.
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

/**
 * Parks a record that the event source mapping of Kafka gave up on, with the reason and error that its last attempt
 * stored, else with those of the dead-letter topic.
 */
export function parkDeadRecord(ports: { readonly failedMessages: FailedMessageStore }) {
  return async ({ reason, detail, facts }: DeadMessage): Promise<Outcome> => {
    const stored = await storedReason(ports, facts);
    return stored === undefined ? park(reason, new Unprocessable(reason, detail)) : park(stored);
  };
}
