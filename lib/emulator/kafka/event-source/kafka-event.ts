/** A record of a topic. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** A record of the event: key and value as base64, absent where the record has none; header values as bytes. */
export interface KafkaEventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: "CREATE_TIME";
  readonly key?: string;
  readonly value?: string;
  readonly headers: readonly Readonly<Record<string, readonly number[]>>[];
}

export interface KafkaEvent {
  readonly eventSource: "aws:kafka";
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
  /** By `<topic>-<partition>`. */
  readonly records: Readonly<Record<string, readonly KafkaEventRecord[]>>;
}

export interface KafkaSource {
  readonly clusterArn: string;
  readonly brokers: string;
}

/** Lambda's name of a partition, in events and responses. */
export const partitionName = (topic: string, partition: number): string => `${topic}-${partition}`;

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event */
export const toKafkaEvent = (records: readonly KafkaRecord[], source: KafkaSource): KafkaEvent => {
  const byPartition: Record<string, KafkaEventRecord[]> = {};
  for (const record of records) {
    const name = partitionName(record.topic, record.partition);
    byPartition[name] ??= [];
    byPartition[name].push(toEventRecord(record));
  }
  return {
    eventSource: "aws:kafka",
    eventSourceArn: source.clusterArn,
    bootstrapServers: source.brokers,
    records: byPartition,
  };
};

const toEventRecord = ({ topic, partition, offset, timestampMs, key, value, headers }: KafkaRecord) => ({
  topic,
  partition,
  offset: Number(offset),
  timestamp: timestampMs,
  timestampType: "CREATE_TIME" as const,
  ...(key === null ? {} : { key: key.toString("base64") }),
  ...(value === null ? {} : { value: value.toString("base64") }),
  headers: headers.map(([name, bytes]) => ({ [name]: [...(bytes ?? [])] })),
});

/** About the bytes that a record adds to the event. */
export const eventBytes = ({ key, value, headers }: KafkaRecord): number => {
  const base64 = ((key?.length ?? 0) + (value?.length ?? 0)) * (4 / 3);
  // A byte of a header takes up to four characters in the event.
  const inHeaders = headers.reduce(
    (sum, [name, bytes]) => sum + name.length + 8 + (bytes?.length ?? 0) * 4,
    0,
  );
  return base64 + inHeaders + 200;
};
