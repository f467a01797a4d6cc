/** A refusal by Kafka. `code` is Kafka's own, or UNREACHABLE or CLIENT. */
export class KafkaRefusal extends Error {
  override readonly name = "KafkaRefusal";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** A broker will never accept these bytes. */
const NEVER: readonly string[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"];

const ADVICE: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: "The record is larger than the topic's max.message.bytes.",
  RECORD_LIST_TOO_LARGE: "The record is larger than the topic's segment.bytes.",
  UNKNOWN_TOPIC_OR_PARTITION: "The topic does not exist: create it, or correct KAFKA_TOPIC.",
  TOPIC_AUTHORIZATION_FAILED: "The function's role needs kafka-cluster:WriteData on the topic.",
  CLUSTER_AUTHORIZATION_FAILED:
    "The function's role needs kafka-cluster:WriteDataIdempotently on the cluster.",
  SASL_AUTHENTICATION_FAILED: "The function's role needs kafka-cluster:Connect on the cluster.",
  NOT_ENOUGH_REPLICAS: "Fewer brokers are in sync than the topic's min.insync.replicas.",
};

export function isPermanent({ code }: KafkaRefusal): boolean {
  return NEVER.includes(code);
}

/** The client's error with advice for the operator. Never throws. */
export function refusalOf(error: unknown, brokers: readonly string[]): KafkaRefusal {
  const parts = [...flatten(error, 0)];
  const codes = parts.map(({ code }) => String(code));
  const code = codeOf(parts, codes);
  if (code !== undefined) {
    return new KafkaRefusal(code, ADVICE[code] ?? "The broker refused the records.", { cause: error });
  }
  if (codes.includes("PLT_KFK_NETWORK")) {
    const system = codes.find((code) => /^E[A-Z]+$/.test(code));
    return new KafkaRefusal("UNREACHABLE", unreachable(brokers, system), { cause: error });
  }
  return new KafkaRefusal("CLIENT", String((error as Error | null)?.message), { cause: error });
}

/** Kafka's own code, if the error is a reply of a broker. */
function codeOf(parts: readonly Part[], codes: readonly string[]): string | undefined {
  const apiId = parts.map((part) => part["apiId"]).find((id) => typeof id === "string");
  if (typeof apiId === "string") return apiId;
  if (codes.includes("PLT_KFK_AUTHENTICATION")) return "SASL_AUTHENTICATION_FAILED";
  // The client derives this error from the metadata, without a code.
  const isMissing = parts.some(({ message }) => String(message).startsWith("Unknown topic"));
  return isMissing ? "UNKNOWN_TOPIC_OR_PARTITION" : undefined;
}

export function unreachable(brokers: readonly string[], why: unknown = "no reply in time"): string {
  return (
    `No broker at ${brokers.join(", ")} accepted the records (${String(why)}). Check that the address is right, ` +
    "the broker is running, and the security groups allow this function to reach its port."
  );
}

const DEEPEST = 6;

type Part = Readonly<Record<string, unknown>>;

/** An error, its causes, and the errors that it aggregates. */
function* flatten(error: unknown, depth: number): Generator<Part> {
  if (typeof error !== "object" || error === null || depth > DEEPEST) return;
  const part = error as Part;
  yield part;
  if (Array.isArray(part["errors"])) for (const each of part["errors"]) yield* flatten(each, depth + 1);
  yield* flatten(part["cause"], depth + 1);
}

/** Partitions that accepted their records although others of the same call failed, as `<topic>-<partition>`. */
export function acceptedPartitions(error: unknown): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const part of flatten(error, 0)) {
    const { offsets } = (part["produced"] ?? {}) as { offsets?: readonly Offset[] };
    for (const { topic, partition } of offsets ?? []) accepted.add(`${topic}-${partition}`);
    const { responses } = (part["response"] ?? {}) as { responses?: readonly TopicResponse[] };
    for (const { name, partitionResponses = [] } of responses ?? []) {
      for (const { index, errorCode } of partitionResponses) {
        if (errorCode === 0) accepted.add(`${name}-${index}`);
      }
    }
  }
  return accepted;
}

interface Offset {
  readonly topic: string;
  readonly partition: number;
}

interface TopicResponse {
  readonly name: string;
  readonly partitionResponses?: readonly { readonly index: number; readonly errorCode: number }[];
}
