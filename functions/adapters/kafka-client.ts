import {
  compatibilityPartitioner,
  Producer,
  type ProducerOptions,
  stringSerializers,
} from "@platformatic/kafka";

export type KafkaProducer = Producer<string, string, string, string>;

/** `iam`: TLS and IAM tokens, as MSK takes them. `plaintext`: neither, for a broker on this machine. */
export type KafkaSecurity = "iam" | "plaintext";

export interface KafkaConnection {
  /** Each as `host:port`. */
  readonly brokers: readonly string[];
  readonly security: KafkaSecurity;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+$/;

/** The connection that the environment describes. Throws on what it cannot be. */
export function kafkaConnection(brokers: string, security: string): KafkaConnection {
  const list = brokers.split(",").map((broker) => broker.trim());
  const wrong = list.find((broker) => !/^(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(broker));
  if (wrong !== undefined)
    throw new Error(`KAFKA_BROKERS takes host:port, comma-separated; received "${wrong}".`);
  if (security !== "iam" && security !== "plaintext") {
    throw new Error(`KAFKA_SECURITY must be iam or plaintext; received "${security}".`);
  }
  const remote = security === "plaintext" ? list.find((broker) => !LOOPBACK.test(broker)) : undefined;
  if (remote !== undefined) {
    throw new Error(`KAFKA_SECURITY=plaintext is for brokers on this machine; ${remote} is none: use iam.`);
  }
  return { brokers: list, security };
}

/**
 * A producer that waits for all in-sync replicas and writes nothing twice by its own retries. The few retries of
 * its own are for a leader that moves; left to itself an idempotent producer would retry for ever.
 */
export function kafkaProducer({ brokers, security }: KafkaConnection): KafkaProducer {
  return new Producer({
    clientId: "order-events",
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    // What the Java client does with a key: other producers put an order into the same partition.
    partitioner: compatibilityPartitioner,
    idempotent: true,
    autocreateTopics: false,
    connectTimeout: 2_000,
    timeout: 5_000,
    retries: 3,
    retryDelay: 200,
    metadataMaxAge: 60_000,
    ...(security === "iam" ? iam() : {}),
  });
}

/** Where the producer puts a key; -1 where it has not heard of the topic. */
export function partitionOf(producer: KafkaProducer, topic: string, key: string): number {
  const partitions = producer.currentMetadata?.topics.get(topic)?.partitionsCount;
  if (partitions === undefined) return -1;
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
