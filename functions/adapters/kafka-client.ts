import {
  compatibilityPartitioner,
  Producer,
  type ProducerOptions,
  stringSerializer,
} from "@platformatic/kafka";
import type { KafkaConnection } from "./kafka-connection.ts";

/** Headers in their order. A name may occur several times, so each header has a key object of its own. */
export type Headers = Map<Buffer, HeaderBytes>;
/** Text, bytes that are not UTF-8, or no value. */
export type HeaderBytes = string | Buffer | undefined;
export type KafkaProducer = Producer<string, string, Buffer, HeaderBytes>;

/** How long a broker waits for the replication of a record. */
export const BROKER_MS = 5_000;

/**
 * A producer that waits for all in-sync replicas. Idempotent across its own retries, not across producers. The retries
 * are few, for a leader that moves: by default the client retries for ever.
 */
export function kafkaProducer({ brokers, security }: KafkaConnection): KafkaProducer {
  const producer: KafkaProducer = new Producer<string, string, Buffer, HeaderBytes>({
    clientId: "order-events",
    bootstrapBrokers: [...brokers],
    serializers: { key: text, value: text, headerKey: (name) => name, headerValue: bytes },
    // As the Java client, so that other producers put an order into the same partition.
    partitioner: compatibilityPartitioner,
    idempotent: true,
    autocreateTopics: false,
    connectTimeout: 2_000,
    timeout: BROKER_MS,
    retries: 3,
    retryDelay: 200,
    metadataMaxAge: 60_000,
    ...(security === "iam" ? iam() : {}),
  });
  // `send` rejects with the same error; without a listener it would end the process.
  producer.on("error", () => {});
  return producer;
}

/** The number of partitions in the producer's metadata; `undefined` where the topic is not in it. */
export function knownPartitions(producer: KafkaProducer, topic: string): number | undefined {
  return producer.currentMetadata?.topics.get(topic)?.partitionsCount;
}

/** The same, after a metadata request where the topic is missing; the next send needs none. */
export async function partitionsOf(producer: KafkaProducer, topic: string): Promise<number | undefined> {
  const known = knownPartitions(producer, topic);
  if (known !== undefined) return known;
  const { topics } = await producer.metadata({ topics: [topic], autocreateTopics: false });
  return topics.get(topic)?.partitionsCount;
}

/** The partition of a key in a topic of so many partitions. */
export function partitionOf(partitions: number, topic: string, key: string): number {
  return compatibilityPartitioner({ topic }, Buffer.from(key)) % partitions;
}

const text = (value: string | undefined) => stringSerializer(value);
const bytes = (value: HeaderBytes) => (typeof value === "string" ? text(value) : value);

type Options = ProducerOptions<string, string, Buffer, HeaderBytes>;

function iam(): Pick<Options, "sasl"> & Pick<Options, "tls" | "tlsServerName"> {
  const token = async () => {
    // Loaded on demand: the emulator needs no token.
    const { mskToken } = await import("./msk-token.ts");
    return mskToken();
  };
  return { tls: {}, tlsServerName: true, sasl: { mechanism: "OAUTHBEARER", token } };
}
