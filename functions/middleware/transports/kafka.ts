import type { Clock } from "../clock.ts";
import { RETRY_ATTRIBUTES } from "../engine-names.ts";
import { type Transport, UnexpectedEvent } from "../transport.ts";
import { base64Text, boundedText, headerFault, headersOf } from "./kafka-bytes.ts";

/**
 * One record of an event of Kafka; `timestamp` is in milliseconds. Only what names the record is sure to be what
 * it says: the rest is up to the writer.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp?: unknown;
  /** Base64; null or absent where the record has no key. */
  readonly key?: unknown;
  /** Base64; null or absent in a tombstone. */
  readonly value?: unknown;
  /** `[{"<name>": [<byte>, …]}, …]` */
  readonly headers?: unknown;
}

export interface KafkaOptions {
  readonly clock: Pick<Clock, "now">;
  /** A record that was written longer ago than this leaves its reason whenever it fails. */
  readonly mayBeLastAfterSeconds: number;
}

/**
 * A Kafka topic. Records of one key in one partition are a lane; those without a key share their partition's.
 * For a partition Lambda goes on from its lowest failed offset, so later records of other keys that were done
 * come again, and meet their own effect. Kafka does not report how often a record was delivered, so no attempt is known
 * to be the last: with `options` each attempt of an old record may be. After a pause every record is old: none is
 * given up for its age, that is for Lambda's own bound to decide.
 */
export function kafka(options?: KafkaOptions): Transport<KafkaRecord> {
  const sentAt = ({ timestamp }: KafkaRecord) => (typeof timestamp === "number" ? timestamp : Number.NaN);
  return {
    read,
    body: kafkaBody,
    source: ({ topic, partition, offset }) => `kafka:${topic}-${partition}@${offset}`,
    attributes: (raw) => headersOf(raw.headers),
    // A record that comes again carries no mark, though a failure before may have left a RETRYING row. Looking for one
    // would be a read for each record just when a lag is caught up: maintenance resolves the row once it is due.
    hasFailedBefore: ({ headers }) =>
      Array.isArray(headers) &&
      headers.some(
        (header: unknown) =>
          typeof header === "object" &&
          header !== null &&
          (RETRY_ATTRIBUTES.dlqRetryCount in header || RETRY_ATTRIBUTES.redriveId in header),
      ),
    sentAt,
    attempt: () => 1,
    isLastAttempt: (raw) =>
      options !== undefined && options.clock.now() - sentAt(raw) > options.mayBeLastAfterSeconds * 1_000,
    lane: ({ topic, partition, key }) =>
      typeof key === "string" && key !== "" ? `${topic}-${partition} ${key}` : `${topic}-${partition}`,
    response: (_, failed) => ({ batchItemFailures: named(failed) }),
  };
}

/** Bytes of a value that the failed-message store takes: a row holds 400 KB, and an edited body beside the first one. */
const STORED_BYTES = 262_144;

/**
 * The value as text; what is not text stays the base64 it came as. Of a value larger than the failed-message
 * store takes there is the beginning: the whole is in the topic, where the source says.
 */
export function kafkaBody({ value }: KafkaRecord): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return boundedText(JSON.stringify(value) ?? "", STORED_BYTES);
  return boundedText(base64Text(value) ?? value, STORED_BYTES);
}

/** Why a record can never be handled, whatever its value says. A key is never decoded: it only names a lane. */
export function kafkaFault({ key, headers }: KafkaRecord): string | undefined {
  if (key !== undefined && key !== null && (typeof key !== "string" || key.length % 4 !== 0)) {
    return "The record's key is not base64.";
  }
  return headerFault(headers);
}

function read(event: unknown): readonly KafkaRecord[] {
  const { eventSource, records } = (event ?? {}) as { eventSource?: unknown; records?: unknown };
  // Clusters that are not MSK's send the same event under another name.
  if (eventSource !== "aws:kafka" && eventSource !== "SelfManagedKafka") {
    throw new UnexpectedEvent(`Expected an event of aws:kafka, received one of ${String(eventSource)}.`);
  }
  if (typeof records !== "object" || records === null) {
    throw new UnexpectedEvent("The event of aws:kafka has no records.");
  }
  const all: KafkaRecord[] = [];
  for (const [name, ofPartition] of Object.entries(records)) {
    if (!Array.isArray(ofPartition)) throw new UnexpectedEvent(`Under ${name} there is no list of records.`);
    for (const record of ofPartition as unknown[]) {
      if (!isNamed(record, name)) {
        throw new UnexpectedEvent(
          `A record under ${name} could not be reported as failed: it lacks its name.`,
        );
      }
      all.push(record);
    }
  }
  return all;
}

/** Whether a record could be named in the response: by its partition, as the event itself names it, and offset. */
function isNamed(record: unknown, name: string): record is KafkaRecord {
  const { topic, partition, offset } = (record ?? {}) as Partial<Record<keyof KafkaRecord, unknown>>;
  return (
    typeof topic === "string" &&
    Number.isSafeInteger(partition) &&
    Number.isSafeInteger(offset) &&
    name.length > topic.length &&
    name.startsWith(topic) &&
    name.slice(topic.length) === `-${String(partition)}`
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
function named(failed: readonly KafkaRecord[]) {
  const seen = new Set<string>();
  return failed.flatMap(({ topic, partition, offset }) => {
    const identifier = { partition: `${topic}-${partition}`, offset };
    const name = `${identifier.partition}@${offset}`;
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ itemIdentifier: identifier }];
  });
}
