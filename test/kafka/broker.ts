import { Admin, Consumer, type MessageToProduce, ProduceAcks, Producer } from "@platformatic/kafka";
import { ensureTopics } from "../../lib/emulator/kafka/broker/create-topics.ts";
import { type Kafka, startKafka } from "../../lib/emulator/kafka/broker/start-kafka.ts";

/** A record of a topic. */
export interface SeenRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The same in their order, with those that repeat; without a value: `undefined`. */
  readonly allHeaders: readonly (readonly [name: string, value: string | undefined])[];
}

/** The broker of a test, which can kill it, with clients that are closed with it. */
export interface TestBroker {
  readonly kafka: Kafka;
  readonly admin: Admin;
  topic(name: string, partitions: number, configs?: Readonly<Record<string, string>>): Promise<void>;
  /** Writes text records, optionally to a partition. */
  send(...messages: readonly TextMessage[]): Promise<void>;
  /** All current records of a topic. */
  records(topic: string): Promise<readonly SeenRecord[]>;
  /** The committed offset of a group by partition; -1 for none. */
  committed(groupId: string, topic: string, partitions: number): Promise<readonly number[]>;
  /** Whether the group has committed all records of the topic. */
  isAcknowledged(groupId: string, topic: string, partitions: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface TextMessage {
  readonly topic: string;
  readonly key?: string;
  readonly value?: string;
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timestamp?: number;
}

export async function startTestBroker(options: { readonly dataDir?: string } = {}): Promise<TestBroker> {
  const kafka = await startKafka({ ...options, onProgress: (text) => process.stderr.write(`${text}\n`) });
  const clients = { clientId: "test", bootstrapBrokers: kafka.brokers.split(",") };
  const admin = new Admin(clients);
  const producer = new Producer({ ...clients, acks: ProduceAcks.ALL, idempotent: true });
  for (const client of [admin, producer]) client.on("error", () => {});
  const bytes = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text));

  const committed: TestBroker["committed"] = async (groupId, topic, partitions) => {
    const indexes = Array.from({ length: partitions }, (_, index) => index);
    const [group] = await admin.listConsumerGroupOffsets({
      groups: [{ groupId, topics: [{ name: topic, partitionIndexes: indexes }] }],
    });
    const found = group?.topics.find(({ name }) => name === topic)?.partitions ?? [];
    return indexes.map((index) => {
      const one = found.find(({ partitionIndex }) => partitionIndex === index);
      return Number(one?.committedOffset ?? -1);
    });
  };
  return {
    kafka,
    admin,
    committed,
    async isAcknowledged(groupId, topic, partitions) {
      const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({
        partitionIndex,
        timestamp: -1n,
      }));
      const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] });
      const offsets = await committed(groupId, topic, partitions);
      return (listed?.partitions ?? []).every(
        ({ partitionIndex, offset }) => Math.max(0, offsets[partitionIndex] ?? 0) === Number(offset),
      );
    },
    topic: (name, partitions, configs = {}) => ensureTopics(kafka.brokers, [{ name, partitions, configs }]),
    async send(...messages) {
      await producer.send({
        messages: messages.map(({ topic, key, value, partition, headers = {}, timestamp }) => {
          const message: MessageToProduce = {
            topic,
            headers: new Map(
              Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
            ),
          };
          const [keyBytes, valueBytes] = [bytes(key), bytes(value)];
          if (keyBytes !== undefined) message.key = keyBytes;
          if (valueBytes !== undefined) message.value = valueBytes;
          if (partition !== undefined) message.partition = partition;
          if (timestamp !== undefined) message.timestamp = BigInt(timestamp);
          return message;
        }),
      });
    },
    records: (topic) => readAll(clients, topic),
    async close() {
      await Promise.allSettled([producer.close(), admin.close()]);
      await kafka.close();
    },
  };
}

async function readAll(
  clients: { readonly clientId: string; readonly bootstrapBrokers: string[] },
  topic: string,
): Promise<readonly SeenRecord[]> {
  const consumer = new Consumer({ ...clients, groupId: `look-${crypto.randomUUID()}`, autocommit: false });
  try {
    const ends = (await consumer.listOffsets({ topics: [topic], timestamp: -1n })).get(topic) ?? [];
    const starts = (await consumer.listOffsets({ topics: [topic], timestamp: -2n })).get(topic) ?? [];
    let left = ends.reduce((sum, end, index) => sum + Number(end - (starts[index] ?? 0n)), 0);
    const seen: SeenRecord[] = [];
    if (left === 0) return seen;
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", maxWaitTime: 200 });
    for await (const { partition, offset, key, value, headers } of stream) {
      seen.push({
        partition,
        offset: Number(offset),
        key: key?.toString(),
        value: value?.toString(),
        headers: Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)])),
        allHeaders: [...headers].map(([name, text]) => [String(name), text?.toString()] as const),
      });
      left -= 1;
      if (left === 0) break;
    }
    return seen;
  } finally {
    await consumer.close(true);
  }
}
