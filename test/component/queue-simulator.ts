import { type QueueConsumer, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { streamRecord } from "../fixtures/stream-records.ts";
import { deadLetterArnOf, invoke, queueUrlOf, type Rig } from "./rig.ts";

/** One message in a queue. */
export interface DeliveredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Attributes;
  receives: number;
}

/** The event source mappings and queues of the system, by the rules of Lambda and SQS. */
export interface QueueSimulation {
  readonly queues: Map<QueueConsumer, DeliveredMessage[]>;
  readonly deadLetters: Map<QueueConsumer, DeliveredMessage[]>;
  send(consumer: QueueConsumer, body: string | OrderEvent, attributes?: Attributes): void;
  /** One round of stream, queues, dead-letter queues and retried messages. */
  step(): Promise<void>;
  /** Steps, a minute apart, until all queues and streams are empty. */
  drain(): Promise<void>;
}

const MAX_RECEIVES = 5;
const CONSUMER_NAMES = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];
const MINUTES = 200;

/** `deliveries`: messages of each event in each queue. */
export function simulateQueues(rig: Rig, deliveries = 1): QueueSimulation {
  const queues = new Map<QueueConsumer, DeliveredMessage[]>(CONSUMER_NAMES.map((name) => [name, []]));
  const deadLetters = new Map<QueueConsumer, DeliveredMessage[]>(CONSUMER_NAMES.map((name) => [name, []]));
  let streamAt = 0;
  let fannedOut = 0;
  let made = 0;

  const simulation: QueueSimulation = { queues, deadLetters, send, step, drain };
  return simulation;

  function send(consumer: QueueConsumer, body: string | OrderEvent, attributes: Attributes = {}) {
    made += 1;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    queues.get(consumer)?.push({ messageId: `m${made}`, body: text, attributes, receives: 0 });
  }

  async function step(): Promise<void> {
    await pumpStream();
    fanOut();
    for (const name of CONSUMER_NAMES) await pumpQueue(name);
    for (const name of CONSUMER_NAMES) await pumpDeadLetters(name);
    for (const { queueUrl, body, attributes } of rig.queues.sent.splice(0)) {
      const name = CONSUMER_NAMES.find((each) => queueUrlOf(each) === queueUrl);
      if (name !== undefined) send(name, body, { ...attributes });
    }
  }

  async function drain(): Promise<void> {
    for (let minute = 0; minute < MINUTES; minute++) {
      await step();
      rig.clock.advance(60_000);
      await attempt("maintenance", {});
      const isEmpty = [...queues.values(), ...deadLetters.values()].every(({ length }) => length === 0);
      const isRead = streamAt === rig.tables.changes.length && fannedOut === rig.publisher.topic.length;
      const isWaiting = [...rig.tables.rows.failed.values()].some(
        ({ status, consumer }) =>
          status === "RETRYING" ||
          status === "REDRIVEN" ||
          (status === "OPEN" && consumer === "publish-events"),
      );
      if (isEmpty && isRead && !isWaiting && rig.queues.sent.length === 0) return;
    }
    throw new Error(`Not quiet after ${MINUTES} minutes: ${JSON.stringify([...queues, ...deadLetters])}`);
  }

  /** A function that throws or crashes acknowledges nothing. */
  async function attempt(name: Parameters<typeof invoke>[0], event: unknown): Promise<unknown> {
    try {
      return await invoke(name, event);
    } catch {
      return undefined;
    }
  }

  async function pumpStream(): Promise<void> {
    const records = rig.tables.changes
      .slice(streamAt)
      .map((change, i) => streamRecord(change, streamAt + i, rig));
    if (records.length === 0) return;
    const response = await attempt("publish-events", { Records: records });
    if (response === undefined) return;
    const [failed] = failuresIn(response);
    streamAt = failed === undefined ? streamAt + records.length : Number(failed) - 1;
  }

  function fanOut(): void {
    const events = rig.publisher.topic.slice(fannedOut);
    fannedOut = rig.publisher.topic.length;
    for (const event of events) {
      for (const name of CONSUMER_NAMES) {
        if (!(SUBSCRIPTIONS[name] as readonly string[]).includes(event.type)) continue;
        for (let n = 0; n < deliveries; n++) send(name, event, { type: event.type });
      }
    }
  }

  async function pumpQueue(name: QueueConsumer): Promise<void> {
    const waiting = queues.get(name)?.splice(0) ?? [];
    const batch: DeliveredMessage[] = [];
    for (const message of waiting) {
      // A message at its maximum receive count goes to the dead-letter queue.
      if (message.receives >= MAX_RECEIVES) deadLetters.get(name)?.push({ ...message, receives: 0 });
      else batch.push(message);
    }
    queues.get(name)?.push(...(await deliver(name, name, batch)));
  }

  async function pumpDeadLetters(name: QueueConsumer): Promise<void> {
    const waiting = deadLetters.get(name)?.splice(0) ?? [];
    deadLetters.get(name)?.push(...(await deliver("dead-letters", name, waiting)));
  }

  /** Delivers messages in batches of 10; returns the unacknowledged ones. */
  async function deliver(
    to: QueueConsumer | "dead-letters",
    from: QueueConsumer,
    all: DeliveredMessage[],
  ): Promise<DeliveredMessage[]> {
    const unacknowledged: DeliveredMessage[] = [];
    for (let i = 0; i < all.length; i += 10) {
      const batch = all.slice(i, i + 10);
      for (const message of batch) message.receives += 1;
      const response = await attempt(to, sqsEvent(...batch.map((message) => recordOf(message, from, rig))));
      const failed = response === undefined ? undefined : new Set(failuresIn(response));
      unacknowledged.push(...batch.filter(({ messageId }) => failed === undefined || failed.has(messageId)));
    }
    return unacknowledged;
  }
}

function recordOf(message: DeliveredMessage, from: QueueConsumer, rig: Rig): unknown {
  return sqsRecord(message.body, {
    messageId: message.messageId,
    receiveCount: message.receives,
    attributes: message.attributes,
    sentAt: rig.clock.now(),
    queueArn: deadLetterArnOf(from),
  });
}

function failuresIn(response: unknown): string[] {
  const { batchItemFailures } = response as { batchItemFailures: { itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
