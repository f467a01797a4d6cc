/** `iam`: TLS and IAM tokens, for MSK. `plaintext`: neither, for a broker on a loopback address. */
export type KafkaSecurity = "iam" | "plaintext";

export interface KafkaConnection {
  /** Each as `host:port`. */
  readonly brokers: readonly string[];
  readonly security: KafkaSecurity;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+$/;

/** Throws on invalid brokers or security, and on `plaintext` to a broker that is not on a loopback address. */
export function kafkaConnection(brokers: string, security: string): KafkaConnection {
  const list = brokers.split(",").map((broker) => broker.trim());
  const wrong = list.find((broker) => !/^(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(broker));
  if (wrong !== undefined)
    throw new Error(`KAFKA_BROKERS must be host:port, comma-separated; received "${wrong}".`);
  if (security !== "iam" && security !== "plaintext") {
    throw new Error(`KAFKA_SECURITY must be iam or plaintext; received "${security}".`);
  }
  const remote = security === "plaintext" ? list.find((broker) => !LOOPBACK.test(broker)) : undefined;
  if (remote !== undefined) {
    throw new Error(
      `KAFKA_SECURITY=plaintext is only for brokers on a loopback address; received ${remote}: use iam.`,
    );
  }
  return { brokers: list, security };
}
