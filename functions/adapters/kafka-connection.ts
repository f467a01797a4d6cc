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
