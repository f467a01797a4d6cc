import { type QueueConsumer, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import type { Attributes } from "../../../functions/middleware/attributes.ts";
import type { DeliveredMessage } from "../../component/queue-simulator.ts";
import { deadLetterArnOf, invoke, newRig, queueUrlOf, type Rig } from "../../component/rig.ts";
import type { Change } from "../../fakes/memory-tables.ts";
import { sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";
import { streamRecord } from "../../fixtures/stream-records.ts";

export const QUEUES = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];
const MAX_RECEIVES = 5;
const BATCH = 10;

/** The deployed functions over tables and queues in memory, which advance only by calls. */
export interface System {
  readonly rig: Rig;
  readonly queues: ReadonlyMap<QueueConsumer, DeliveredMessage[]>;
  readonly deadLetters: ReadonlyMap<QueueConsumer, DeliveredMessage[]>;
  /** Publishes the unread stream records, and delivers the published events to the queues. */
  publish(): Promise<void>;
  /** Resets the stream reader to the oldest record. */
  rewind(): void;
  send(consumer: QueueConsumer, body: string, attributes?: Attributes): void;
  /**
   * Takes up to ten messages out of a queue: each pick is an index in the rest, modulo its length.
   * Messages at the maximum receive count go to the dead-letter queue instead.
   */
  take(consumer: QueueConsumer, picks: readonly number[]): DeliveredMessage[];
  /** Delivers messages that were taken; unacknowledged ones return to the queue. */
  deliver(consumer: QueueConsumer, batch: readonly DeliveredMessage[]): Promise<void>;
  retryDeadLetters(consumer: QueueConsumer): Promise<void>;
  /** Advances the clock, then runs maintenance. */
  wait(minutes: number): Promise<void>;
  /** Delivers redriven and retried messages to their queues. */
  collect(): void;
  /** Changes of order rows that the stream reader has not passed. */
  unread(): readonly Change[];
  isAtRest(): boolean;
}

export function newSystem(): System {
  const rig = newRig();
  const queues = new Map<QueueConsumer, DeliveredMessage[]>(QUEUES.map((name) => [name, []]));
  const deadLetters = new Map<QueueConsumer, DeliveredMessage[]>(QUEUES.map((name) => [name, []]));
  const queueOf = (name: QueueConsumer) => queues.get(name) as DeliveredMessage[];
  const deadLettersOf = (name: QueueConsumer) => deadLetters.get(name) as DeliveredMessage[];
  let read = 0;
  let fannedOut = 0;
  let made = 0;

  const system: System = {
    rig,
    queues,
    deadLetters,
    async publish() {
      const { changes } = rig.tables;
      const records = changes.slice(read).map((change, i) => streamRecord(change, read + i, clockOf(change)));
      if (records.length > 0) {
        const failed = await unacknowledged("publish-events", { Records: records });
        if (failed !== "all") read = failed[0] === undefined ? changes.length : Number(failed[0]) - 1;
      }
      fanOut();
    },
    rewind() {
      read = 0;
    },
    send(consumer, body, attributes = {}) {
      queueOf(consumer).push({ messageId: `m${++made}`, body, attributes, receives: 0 });
    },
    take(consumer, picks) {
      const queue = queueOf(consumer);
      const taken = picks.slice(0, BATCH).flatMap((pick) => queue.splice(pick % queue.length, 1));
      const spent = taken.filter(({ receives }) => receives >= MAX_RECEIVES);
      deadLettersOf(consumer).push(...spent.map((message) => ({ ...message, receives: 0 })));
      return taken.filter(({ receives }) => receives < MAX_RECEIVES);
    },
    async deliver(consumer, batch) {
      queueOf(consumer).push(...(await unacknowledgedOf(consumer, consumer, batch)));
    },
    async retryDeadLetters(consumer) {
      const batch = deadLettersOf(consumer).splice(0, BATCH);
      deadLettersOf(consumer).push(...(await unacknowledgedOf("dead-letters", consumer, batch)));
      system.collect();
    },
    async wait(minutes) {
      rig.clock.advance(minutes * 60_000);
      // The next maintenance repeats a failed one.
      await invoke("maintenance", {}).catch(() => undefined);
      fanOut();
    },
    collect() {
      for (const { queueUrl, body, attributes } of rig.queues.sent.splice(0)) {
        const consumer = QUEUES.find((name) => queueUrlOf(name) === queueUrl);
        if (consumer === undefined)
          throw new Error(`A message was sent to ${queueUrl}, which has no reader.`);
        system.send(consumer, body, attributes);
      }
    },
    unread: () => rig.tables.changes.slice(read),
    isAtRest: () =>
      read === rig.tables.changes.length &&
      [...queues.values(), ...deadLetters.values()].every(({ length }) => length === 0) &&
      [...rig.tables.rows.failed.values()].every(
        ({ status, consumer }) =>
          status !== "RETRYING" &&
          status !== "REDRIVEN" &&
          (status !== "OPEN" || consumer !== "publish-events"),
      ),
  };
  return system;

  /** Stream records carry the time of their change. */
  function clockOf({ after }: Change): Pick<Rig, "clock"> {
    return { clock: { ...rig.clock, now: () => Date.parse(after.updatedAt) } };
  }

  function fanOut(): void {
    for (const event of rig.publisher.topic.slice(fannedOut)) {
      for (const name of QUEUES) {
        const types: readonly string[] = SUBSCRIPTIONS[name];
        if (types.includes(event.type)) system.send(name, JSON.stringify(event), { type: event.type });
      }
    }
    fannedOut = rig.publisher.topic.length;
  }

  async function unacknowledgedOf(
    to: QueueConsumer | "dead-letters",
    from: QueueConsumer,
    batch: readonly DeliveredMessage[],
  ) {
    if (batch.length === 0) return [];
    for (const message of batch) message.receives += 1;
    const records = batch.map(({ body, messageId, receives, attributes }) =>
      sqsRecord(body, {
        messageId,
        receiveCount: receives,
        attributes,
        sentAt: rig.clock.now(),
        queueArn: deadLetterArnOf(from),
      }),
    );
    const failed = await unacknowledged(to, sqsEvent(...records));
    return batch.filter(({ messageId }) => failed === "all" || failed.includes(messageId));
  }
}

/** A function that throws acknowledges nothing. */
async function unacknowledged(
  name: QueueConsumer | "dead-letters" | "publish-events",
  event: unknown,
): Promise<readonly string[] | "all"> {
  try {
    const response = (await invoke(name, event)) as { batchItemFailures: { itemIdentifier: string }[] };
    return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  } catch {
    return "all";
  }
}
