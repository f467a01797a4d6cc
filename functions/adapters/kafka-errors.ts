/** Why Kafka took nothing. `code` is Kafka's own, or what happened on the way to it. */
export class KafkaRefusal extends Error {
  override readonly name = "KafkaRefusal";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Codes by which a broker says that it will never take these very bytes. */
const NEVER: readonly string[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"];

const ADVICE: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: "The record is larger than the topic's max.message.bytes.",
  RECORD_LIST_TOO_LARGE: "The record is larger than the topic's segment.bytes.",
  UNKNOWN_TOPIC_OR_PARTITION: "The topic is not there: create it, or see whether KAFKA_TOPIC is right.",
  TOPIC_AUTHORIZATION_FAILED: "The function's role needs kafka-cluster:WriteData on the topic.",
  CLUSTER_AUTHORIZATION_FAILED:
    "The function's role needs kafka-cluster:WriteDataIdempotently on the cluster.",
  SASL_AUTHENTICATION_FAILED: "The function's role needs kafka-cluster:Connect on the cluster.",
  NOT_ENOUGH_REPLICAS: "Fewer brokers are in sync than the topic's min.insync.replicas.",
};

/** Whether sending the same record again would be in vain. */
export function isPermanent({ code }: KafkaRefusal): boolean {
  return NEVER.includes(code);
}

/** The client's error in words that tell what to look at. Never throws. */
export function refusalOf(error: unknown, brokers: readonly string[]): KafkaRefusal {
  const parts = [...flattened(error, 0)];
  const codes = parts.map(({ code }) => String(code));
  const said = codeOf(parts, codes);
  if (said !== undefined) {
    return new KafkaRefusal(said, ADVICE[said] ?? "The broker refused the records.", { cause: error });
  }
  if (codes.includes("PLT_KFK_NETWORK")) {
    const system = codes.find((code) => /^E[A-Z]+$/.test(code));
    return new KafkaRefusal("UNREACHABLE", unreachable(brokers, system), { cause: error });
  }
  return new KafkaRefusal("CLIENT", String((error as Error | null)?.message), { cause: error });
}

/** Kafka's own code, if it is one of its answers. */
function codeOf(parts: readonly Part[], codes: readonly string[]): string | undefined {
  const apiId = parts.map((part) => part["apiId"]).find((id) => typeof id === "string");
  if (typeof apiId === "string") return apiId;
  if (codes.includes("PLT_KFK_AUTHENTICATION")) return "SASL_AUTHENTICATION_FAILED";
  // The client reads this one out of the metadata, and has no code for it.
  const isMissing = parts.some(({ message }) => String(message).startsWith("Unknown topic"));
  return isMissing ? "UNKNOWN_TOPIC_OR_PARTITION" : undefined;
}

export function unreachable(brokers: readonly string[], why: unknown = "no answer in time"): string {
  return (
    `No broker at ${brokers.join(", ")} took the records (${String(why)}). See whether the address is right, ` +
    "the broker runs, and the security groups let this function reach its port."
  );
}

const DEEPEST = 6;

type Part = Readonly<Record<string, unknown>>;

/** An error, its causes, and those it is made of. */
function* flattened(error: unknown, depth: number): Generator<Part> {
  if (typeof error !== "object" || error === null || depth > DEEPEST) return;
  const part = error as Part;
  yield part;
  if (Array.isArray(part["errors"])) for (const each of part["errors"]) yield* flattened(each, depth + 1);
  yield* flattened(part["cause"], depth + 1);
}

/** Partitions that took their records although others of the same call did not, as `<topic>-<partition>`. */
export function partitionsThatTook(error: unknown): ReadonlySet<string> {
  const took = new Set<string>();
  for (const part of flattened(error, 0)) {
    const { offsets } = (part["produced"] ?? {}) as { offsets?: readonly Offset[] };
    for (const { topic, partition } of offsets ?? []) took.add(`${topic}-${partition}`);
    const { responses } = (part["response"] ?? {}) as { responses?: readonly TopicResponse[] };
    for (const { name, partitionResponses = [] } of responses ?? []) {
      for (const { index, errorCode } of partitionResponses) {
        if (errorCode === 0) took.add(`${name}-${index}`);
      }
    }
  }
  return took;
}

interface Offset {
  readonly topic: string;
  readonly partition: number;
}

interface TopicResponse {
  readonly name: string;
  readonly partitionResponses?: readonly { readonly index: number; readonly errorCode: number }[];
}
