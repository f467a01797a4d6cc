import { LIMITS } from "../contract/limits.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import {
  type Attributes,
  type AttributeValue,
  type HeaderValue,
  headersOfAttribute,
  isBinary,
} from "../middleware/attributes.ts";
import type { Clock } from "../middleware/clock.ts";
import type { OutgoingRecord, Published, RecordTopic } from "../publishing/ports/publisher.ts";
import {
  BROKER_MS,
  type HeaderBytes,
  type Headers,
  type KafkaProducer,
  kafkaProducer,
  knownPartitions,
  partitionOf,
  partitionsOf,
} from "./kafka-client.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import { acceptedPartitions, isPermanent, KafkaRefusal, refusalOf, unreachable } from "./kafka-errors.ts";

/** The time-out of a call without a deadline. */
const TIMEOUT_MS = 10_000;
/** Reserved before the deadline, to park refused events. */
const RESERVE_MS = 1_000;
/**
 * The time-out on connections from an earlier call, which may be dead after a freeze. Longer than a broker needs for a
 * record, because the second attempt writes it twice where the first one arrived.
 */
const WARM_TIMEOUT_MS = BROKER_MS + 1_000;
/**
 * Structured mode: the value is the whole event.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#33-structured-content-mode
 */
const CONTENT_TYPE = "content-type";
const CLOUD_EVENT = "application/cloudevents+json; charset=UTF-8";
/** Records of a partition form one batch, which may be as large as the topic's largest record. */
const CHUNK_BYTES = LIMITS.messageBytes;
/** Bytes of a record beside its value, rounded up. */
const RECORD_BYTES = 512;

export interface KafkaTopic extends RecordTopic {
  /** Closes the connections; the next call opens new ones. */
  close(): Promise<void>;
}

interface Message {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Headers;
}

type Attempt =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "refused";
      readonly refusal: KafkaRefusal;
      /** Whether this message was accepted although others of its call were not. */
      readonly wasAccepted: (message: Message) => boolean;
      /** Whether the connections are from an earlier call: they may be dead although the brokers run. */
      readonly wasWarm: boolean;
    };

/**
 * A Kafka topic: the key is the order's id, the value the event's JSON, the headers its type, trace and redrive
 * attributes. Connections are opened at the first call and kept; where they are dead, as after a freeze, one more attempt
 * uses new ones. Each event is written at least once, always with the same id.
 */
export function kafkaTopic(connection: KafkaConnection, topic: string, clock: Clock): KafkaTopic {
  let client: KafkaProducer | undefined;
  return {
    async publish(records, deadline = clock.now() + TIMEOUT_MS) {
      const answers: Published[] = [];
      const messages = records.map((record) => messageOf(topic, record));
      // In sequence, so that the events of an order stay in sequence.
      for (const chunk of chunksOf(messages)) answers.push(...(await sendAll(chunk, deadline - RESERVE_MS)));
      return answers;
    },
    async close() {
      const closing = client;
      client = undefined;
      await closing?.close(true);
    },
  };

  async function sendAll(messages: readonly Message[], deadline: number): Promise<Published[]> {
    const attempt = await attemptAt(messages, deadline);
    if (attempt.kind === "accepted") return messages.map(() => ({ kind: "published" }));
    const { refusal, wasAccepted, wasWarm } = attempt;
    if (refusal.code === "UNREACHABLE" && wasWarm) return sendAll(messages, deadline);
    // A broker refuses a whole batch because of one record that is too large.
    const goAlone = isPermanent(refusal) && messages.length > 1;
    const answers: Published[] = [];
    for (const message of messages) {
      if (wasAccepted(message)) answers.push({ kind: "published" });
      else if (goAlone) answers.push(...(await sendAll([message], deadline)));
      else answers.push({ kind: "refused", permanent: isPermanent(refusal), error: refusal });
    }
    return answers;
  }

  async function attemptAt(messages: readonly Message[], deadline: number): Promise<Attempt> {
    const now = clock.now();
    const isLate = now >= deadline;
    const wasWarm = client !== undefined && !isLate;
    const late: Attempt = {
      kind: "refused",
      refusal: new KafkaRefusal("UNREACHABLE", unreachable(connection.brokers)),
      wasAccepted: () => false,
      wasWarm,
    };
    if (isLate) return late;
    const producer = client ?? kafkaProducer(connection);
    client = producer;
    const sending = sentBy(producer, messages, wasWarm);
    const answered = new AbortController();
    const timeoutMs = wasWarm ? Math.min(WARM_TIMEOUT_MS, deadline - now) : deadline - now;
    const timeouts = clock.sleep(timeoutMs, answered.signal).then(() => late);
    const attempt = await Promise.race([sending, timeouts]);
    answered.abort("answered");
    if (attempt.kind === "refused" && attempt.refusal.code === "UNREACHABLE") {
      client = undefined;
      void producer.close(true).catch(() => undefined);
    }
    return attempt;
  }

  async function sentBy(
    producer: KafkaProducer,
    messages: readonly Message[],
    wasWarm: boolean,
  ): Promise<Attempt> {
    let before: number | undefined;
    try {
      before = await partitionsOf(producer, topic);
      await producer.send({ messages: [...messages] });
      return { kind: "accepted" };
    } catch (error) {
      const partitions = acceptedPartitions(error);
      const after = knownPartitions(producer, topic);
      // Where partitions were added meanwhile, the partition of a message is not known.
      const wasAccepted = ({ key }: Message) =>
        before !== undefined &&
        before === after &&
        partitions.has(`${topic}-${partitionOf(before, topic, key)}`);
      return { kind: "refused", refusal: refusalOf(error, connection.brokers), wasAccepted, wasWarm };
    }
  }
}

function messageOf(topic: string, record: OutgoingRecord): Message {
  const { event, attributes = {}, text = JSON.stringify(event) } = record;
  const { subject, type, traceparent } = event;
  const own: Attributes = {
    [CONTENT_TYPE]: CLOUD_EVENT,
    [ATTRIBUTES.type]: type,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const foreign = Object.entries(attributes).filter(([name]) => !Object.hasOwn(own, name));
  return {
    topic,
    key: subject,
    value: text,
    headers: headersOf([...foreign, ...Object.entries(own)]),
  };
}

function headersOf(attributes: readonly (readonly [name: string, value: AttributeValue])[]): Headers {
  return new Map(
    attributes.flatMap(([name, attribute]) =>
      headersOfAttribute(attribute).map((value) => [Buffer.from(name), headerBytes(value)] as const),
    ),
  );
}

/** A header has no type: the text of any other type is its value. */
function headerBytes(value: HeaderValue): HeaderBytes {
  if (value === null) return undefined;
  if (typeof value === "string") return value;
  return isBinary(value) ? Buffer.from(value.value, "base64") : value.value;
}

function* chunksOf(messages: readonly Message[]): Generator<readonly Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value) + RECORD_BYTES;
    if (chunk.length > 0 && bytes + size > CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
