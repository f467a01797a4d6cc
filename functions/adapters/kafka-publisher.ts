import { LIMITS } from "../contract/limits.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import type { Clock } from "../middleware/clock.ts";
import type { OutgoingRecord, Published, RecordTopic } from "../publishing/ports/publisher.ts";
import {
  BROKER_MS,
  type KafkaProducer,
  kafkaProducer,
  knownPartitions,
  partitionOf,
  partitionsOf,
} from "./kafka-client.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import { isPermanent, KafkaRefusal, partitionsThatTook, refusalOf, unreachable } from "./kafka-errors.ts";

/** Without a deadline a call takes at most this long. */
const PATIENCE_MS = 10_000;
/** Kept back from the deadline: what is refused may have to be parked by then. */
const RESERVE_MS = 1_000;
/**
 * How long connections that were there before may stay silent: after a freeze nobody answers on them. Longer than a
 * broker works on a record, since what is then sent anew stands in the topic twice where the first came through.
 */
const WARM_PATIENCE_MS = BROKER_MS + 1_000;
/** Records of a partition travel as one batch, and the topic takes one as large as its largest record. */
const CHUNK_BYTES = LIMITS.messageBytes;
/** Bytes that a record takes beside its value, generously. */
const RECORD_BYTES = 512;

export interface KafkaTopic extends RecordTopic {
  /** Ends the connections; the next call makes new ones. */
  close(): Promise<void>;
}

interface Message {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

type Attempt =
  | { readonly kind: "took" }
  | {
      readonly kind: "refused";
      readonly refusal: KafkaRefusal;
      /** Whether this message is on the topic although others of its call are not. */
      readonly took: (message: Message) => boolean;
      /** Whether the connections were there before: they may be dead, and the brokers well. */
      readonly wasWarm: boolean;
    };

/**
 * A Kafka topic: key is the order's id, value the event's JSON, headers its type, its trace and the marks of a
 * copy. Connections are made at the first call and kept; where they turn out dead, as after a freeze, one more
 * attempt is made over new ones. Each event gets there once at least; its id is the same on every copy.
 */
export function kafkaTopic(connection: KafkaConnection, topic: string, clock: Clock): KafkaTopic {
  let client: KafkaProducer | undefined;
  const kafka: KafkaTopic = {
    publish(events, deadline) {
      const records = events.map((event) => ({ event, attributes: {} }));
      return kafka.send(records, deadline);
    },
    async send(records, deadline = clock.now() + PATIENCE_MS) {
      const answers: Published[] = [];
      const messages = records.map((record) => messageOf(topic, record));
      // One after the other, so that the events of an order stay in their order.
      for (const chunk of chunksOf(messages)) answers.push(...(await sendAll(chunk, deadline - RESERVE_MS)));
      return answers;
    },
    async close() {
      const closing = client;
      client = undefined;
      await closing?.close(true);
    },
  };
  return kafka;

  async function sendAll(messages: readonly Message[], deadline: number): Promise<Published[]> {
    const attempt = await attemptAt(messages, deadline);
    if (attempt.kind === "took") return messages.map(() => ({ kind: "published" }));
    const { refusal, took, wasWarm } = attempt;
    if (refusal.code === "UNREACHABLE" && wasWarm) return sendAll(messages, deadline);
    // One record that is too large makes a broker refuse all that travel with it.
    const goAlone = isPermanent(refusal) && messages.length > 1;
    const answers: Published[] = [];
    for (const message of messages) {
      if (took(message)) answers.push({ kind: "published" });
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
      took: () => false,
      wasWarm,
    };
    if (isLate) return late;
    const producer = client ?? kafkaProducer(connection);
    client = producer;
    const sending = sentBy(producer, messages, wasWarm);
    const answered = new AbortController();
    const patienceMs = wasWarm ? Math.min(WARM_PATIENCE_MS, deadline - now) : deadline - now;
    const timeouts = clock.sleep(patienceMs, answered.signal).then(() => late);
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
      return { kind: "took" };
    } catch (error) {
      const partitions = partitionsThatTook(error);
      const after = knownPartitions(producer, topic);
      // Where partitions were added meanwhile nobody can tell which of them a message went to.
      const took = ({ key }: Message) =>
        before !== undefined &&
        before === after &&
        partitions.has(`${topic}-${partitionOf(before, topic, key)}`);
      return { kind: "refused", refusal: refusalOf(error, connection.brokers), took, wasWarm };
    }
  }
}

function messageOf(topic: string, { event, attributes }: OutgoingRecord): Message {
  const { subject, type, traceparent } = event;
  const trace = traceparent === undefined ? {} : { traceparent };
  const headers = { ...attributes, [ATTRIBUTES.type]: type, ...trace };
  return { topic, key: subject, value: JSON.stringify(event), headers };
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
