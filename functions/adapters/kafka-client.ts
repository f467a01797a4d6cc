import {
  compatibilityPartitioner,
  Producer,
  type ProducerOptions,
  stringSerializers,
} from "@platformatic/kafka";
import type { KafkaConnection } from "./kafka-connection.ts";

export type KafkaProducer = Producer<string, string, string, string>;

/** How long a broker may take to have a record copied. */
export const BROKER_MS = 5_000;

/**
 * A producer that waits for all in-sync replicas and writes nothing twice by its own retries; a producer that takes
 * its place knows nothing of those. They are few, for a leader that moves: left to itself it would retry for ever.
 */
export function kafkaProducer({ brokers, security }: KafkaConnection): KafkaProducer {
  const producer: KafkaProducer = new Producer({
    clientId: "order-events",
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    // What the Java client does with a key: other producers put an order into the same partition.
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
  // Whoever sends is told; without a listener the same error would end the process.
  producer.on("error", () => {});
  return producer;
}

/** How many partitions the topic has, as far as the producer has heard; `undefined` where it has not heard of it. */
export function knownPartitions(producer: KafkaProducer, topic: string): number | undefined {
  return producer.currentMetadata?.topics.get(topic)?.partitionsCount;
}

/** The same, asking the brokers where the producer has not heard of the topic; its next send asks no more. */
export async function partitionsOf(producer: KafkaProducer, topic: string): Promise<number | undefined> {
  const known = knownPartitions(producer, topic);
  if (known !== undefined) return known;
  const { topics } = await producer.metadata({ topics: [topic], autocreateTopics: false });
  return topics.get(topic)?.partitionsCount;
}

/** Where the producer puts a key while the topic has so many partitions. */
export function partitionOf(partitions: number, topic: string, key: string): number {
  return compatibilityPartitioner({ topic }, Buffer.from(key)) % partitions;
}

type Options = ProducerOptions<string, string, string, string>;

function iam(): Pick<Options, "sasl"> & Pick<Options, "tls" | "tlsServerName"> {
  const token = async () => {
    // Loaded where it is needed only: on one machine nobody asks for a token.
    const { mskToken } = await import("./msk-token.ts");
    return mskToken();
  };
  return { tls: {}, tlsServerName: true, sasl: { mechanism: "OAUTHBEARER", token } };
}
