import type { Clock } from "../clock.ts";
import { MESSAGE_BYTES, RETRY_ATTRIBUTES } from "../engine-names.ts";
import { type Transport, UnexpectedEvent } from "../transport.ts";
import { base64Text, boundedText, headersOf, isBytes, type RecordHeader } from "./record-bytes.ts";

/**
 * One record of an event of Kafka; `timestamp` is in milliseconds. Only topic, partition and offset are checked; the
 * producer decides about all other fields.
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
  /** Each failure of a record older than this is stored with its reason. */
  readonly mayBeLastAfterSeconds: number;
}

/**
 * A Kafka topic. Records of one key in one partition are a lane; records without a key share a lane of their partition.
 *
 * Lambda continues a partition at its lowest failed offset, so finished records of other keys are redelivered as duplicates.
 * Kafka does not count deliveries, so no attempt is known to be the last: with `options`, each attempt of an old record
 * is treated as if it might be. No record is given up for its age here, because after a pause every record is old.
 */
export function kafka(options?: KafkaOptions): Transport<KafkaRecord> {
  const sentAt = ({ timestamp }: KafkaRecord) => (typeof timestamp === "number" ? timestamp : Number.NaN);
  return {
    read,
    body: kafkaBody,
    source: ({ topic, partition, offset }) => `kafka:${topic}-${partition}@${offset}`,
    attributes: ({ headers }) => headersOf(headerList(headers)),
    // A redelivered record has no such header, although an earlier failure may have stored a RETRYING row. To look
    // for it would cost a read for each record; maintenance resolves the row instead, once it is due.
    isRetriedOrRedriven: ({ headers }) =>
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

/**
 * The value as text, or its base64 where it is not UTF-8. A value too large for a row of the failed-message table is
 * cut; the whole is in the topic, at the place in `source`.
 */
export function kafkaBody({ value }: KafkaRecord): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return boundedText(JSON.stringify(value) ?? "", MESSAGE_BYTES);
  return boundedText(base64Text(value) ?? value, MESSAGE_BYTES);
}

/** The fault of a record's key or headers, if there is one. A key is not decoded: it only names a lane. */
export function kafkaFault({ key, headers }: KafkaRecord): string | undefined {
  if (key !== undefined && key !== null && (typeof key !== "string" || key.length % 4 !== 0)) {
    return "The record's key is not base64.";
  }
  return headerFault(headers);
}

/** The fault of headers that are not a list of objects whose values are lists of bytes, as Lambda sends them. */
function headerFault(headers: unknown): string | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (!Array.isArray(headers)) return "The record's headers are not a list.";
  for (const header of headers as unknown[]) {
    if (typeof header !== "object" || header === null) return "A header of the record has no name.";
    for (const name in header) {
      if (!isBytes((header as Record<string, unknown>)[name])) {
        return "A header of the record is not a list of bytes.";
      }
    }
  }
  return undefined;
}

/** The last header of a name as text, if there is one that is a list of bytes. */
export function kafkaHeader({ headers }: KafkaRecord, name: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  for (let i = headers.length - 1; i >= 0; i--) {
    const header: unknown = headers[i];
    if (typeof header !== "object" || header === null || !Object.hasOwn(header, name)) continue;
    const value = (header as Record<string, unknown>)[name];
    return isBytes(value) && value !== null ? Buffer.from(value).toString("utf8") : undefined;
  }
  return undefined;
}

/** Names and values in the order of the record. */
function headerList(headers: unknown): readonly RecordHeader[] {
  if (!Array.isArray(headers)) return [];
  return (headers as unknown[]).flatMap((header) =>
    typeof header === "object" && header !== null ? Object.entries(header).map(bytesOfHeader) : [],
  );
}

function bytesOfHeader([name, value]: readonly [string, unknown]): RecordHeader {
  if (!isBytes(value)) return [name, undefined];
  return [name, value === null ? null : Buffer.from(value)];
}

function read(event: unknown): readonly KafkaRecord[] {
  const { eventSource, records } = (event ?? {}) as { eventSource?: unknown; records?: unknown };
  // Lambda uses another name for clusters outside MSK.
  if (eventSource !== "aws:kafka" && eventSource !== "SelfManagedKafka") {
    throw new UnexpectedEvent(`Expected an event of aws:kafka, received one of ${String(eventSource)}.`);
  }
  if (typeof records !== "object" || records === null) {
    throw new UnexpectedEvent("The event of aws:kafka has no records.");
  }
  const all: KafkaRecord[] = [];
  for (const [name, ofPartition] of Object.entries(records)) {
    if (!Array.isArray(ofPartition))
      throw new UnexpectedEvent(`The event has no list of records under ${name}.`);
    for (const record of ofPartition as unknown[]) {
      if (!isNamed(record, name)) {
        throw new UnexpectedEvent(
          `A record under ${name} could not be reported as failed: its topic, partition or offset is missing or wrong.`,
        );
      }
      all.push(record);
    }
  }
  return all;
}

/** Whether a record can be named in the response: by its partition, with the name that the event gives it, and offset. */
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
