import type { Random } from "../engine/random.ts";

/** A record as its producer writes it. */
export interface ProducerRecord {
  readonly key: string | null;
  /** `null` is a tombstone; bytes where the value is not text. */
  readonly value: string | Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LogRecord extends ProducerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Number of deliveries to a function. */
  deliveries: number;
}

/** A partition with the position of its consumer group. */
export interface Partition {
  readonly name: string;
  readonly records: LogRecord[];
  /** Index of the first record that is not committed. */
  committed: number;
  /** +1 with each rebalance: the previous reader must not commit any more. */
  generation: number;
  isBusy: boolean;
  /** Earliest time of the next read: the mapping backs off after a failure. */
  notBefore: number;
  /** Batch size; halved where an event failed as a whole. */
  size: number;
  /** Read without other partitions, to find the failing one. */
  isAlone: boolean;
  retries: number;
}

/** A topic: records of one key are in one partition, in the order they were written. */
export interface Log {
  readonly topic: string;
  readonly partitions: readonly Partition[];
  append(record: ProducerRecord): void;
}

export const MAX_BATCH_SIZE = 100;

export function simLog(
  topic: string,
  partitions: number,
  watch: {
    readonly now: () => number;
    readonly random: Random;
    readonly appended: (record: LogRecord) => void;
  },
): Log {
  const { random } = watch;
  const log: Log = {
    topic,
    partitions: Array.from({ length: partitions }, (_, index) => ({
      name: `${topic}-${index}`,
      records: [],
      committed: 0,
      generation: 0,
      isBusy: false,
      notBefore: 0,
      size: MAX_BATCH_SIZE,
      isAlone: false,
      retries: 0,
    })),
    append(written) {
      const partition =
        written.key === null ? random.below(partitions) : partitionOf(written.key, partitions);
      const { records } = log.partitions[partition] as Partition;
      // Offsets have gaps, as transaction markers use some.
      const offset = (records.at(-1)?.offset ?? 100 * partition) + (random.chance(0.2) ? 2 : 1);
      const record = { ...written, topic, partition, offset, at: watch.now(), deliveries: 0 };
      records.push(record);
      watch.appended(record);
    },
  };
  return log;
}

function partitionOf(key: string, partitions: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0;
  return hash % partitions;
}

/** A value as the failed-message store keeps it; `undefined` for a tombstone. */
export function bodyOf({ value }: ProducerRecord): string | undefined {
  if (value === null) return undefined;
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}

/** The event that Lambda makes of records: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export function kafkaEventOf(records: readonly LogRecord[]) {
  const byPartition: Record<string, object[]> = {};
  for (const { topic, partition, offset, at, key, value, headers } of records) {
    const name = `${topic}-${partition}`;
    byPartition[name] ??= [];
    byPartition[name].push({
      topic,
      partition,
      offset,
      timestamp: at,
      timestampType: "CREATE_TIME",
      ...(key === null ? {} : { key: Buffer.from(key).toString("base64") }),
      ...(value === null ? {} : { value: Buffer.from(value).toString("base64") }),
      headers: Object.entries(headers).map(([header, text]) => ({ [header]: [...Buffer.from(text)] })),
    });
  }
  return {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-central-1:0:cluster/a",
    records: byPartition,
  };
}
