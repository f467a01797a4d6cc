import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { textOf } from "../../../../functions/middleware/attributes.ts";
import type { Queues } from "../../../../functions/publishing/ports/queues.ts";
import type { Random } from "../engine/random.ts";
import type { Attempts } from "../invariants/attempts.ts";
import type { Oracle } from "../oracle.ts";
import { CONSUMER_TIMEOUT_MS, MAX_RECEIVE_COUNT } from "../parts.ts";
import { assertInvariant } from "../violation.ts";
import type { QueueOwner } from "./consumers.ts";
import { type DeliveredMessage, type SimQueue, simQueue } from "./queue.ts";

const DAY_MS = 24 * 3_600_000;

/** The queues of one consumer. */
export interface OwnQueues {
  readonly consumer: QueueOwner;
  readonly source: SimQueue;
  readonly deadLetters: SimQueue;
  /** Dead-letter queue of the subscription. */
  readonly undelivered: SimQueue;
}

export interface QueueContext {
  readonly now: () => number;
  readonly random: Random;
  readonly nextId: () => string;
  readonly oracle: Oracle;
  readonly attempts: Attempts;
}

export function newQueues(owners: readonly QueueOwner[], system: QueueContext): readonly OwnQueues[] {
  const { now, random, nextId, oracle, attempts } = system;
  return owners.map((consumer): OwnQueues => {
    const role = new Map<SimQueue, "source" | "dead">();
    const watch = {
      now,
      random,
      nextId,
      added(queue: SimQueue, message: DeliveredMessage, isMoved: boolean) {
        oracle.count(consumer, message.body, 1);
        attempts.added(consumer, message, isMoved ? "moved" : (role.get(queue) ?? "dead"));
      },
      removed: (_: SimQueue, message: DeliveredMessage) => oracle.count(consumer, message.body, -1),
    };
    const visibilityMs = 6 * CONSUMER_TIMEOUT_MS;
    const dead = { visibilityMs, retentionMs: 14 * DAY_MS };
    const deadLetters = simQueue({ ...dead, name: `${consumer}-dead` }, watch);
    const undelivered = simQueue({ ...dead, name: `${consumer}-undelivered` }, watch);
    const retentionMs = 4 * DAY_MS;
    const source = simQueue(
      { name: consumer, visibilityMs, retentionMs, maxReceiveCount: MAX_RECEIVE_COUNT, deadLetters },
      watch,
    );
    role.set(source, "source");
    return { consumer, source, deadLetters, undelivered };
  });
}

/** The port of the queues. */
export function queuePort(queues: readonly OwnQueues[], oracle: Oracle): Queues {
  const sourceAt = (url: string) => queues.find(({ source }) => source.url === url)?.source;
  return {
    async send({ queueUrl, body, attributes, delaySeconds }) {
      const target = sourceAt(queueUrl);
      assertInvariant(
        target !== undefined,
        "I5",
        () => `a message is sent to ${queueUrl}, which has no reader`,
      );
      // A republish to Kafka goes through a queue for the first time: it belongs to no failed message.
      const isFirst =
        queueUrl.endsWith("/publish-to-kafka") && attributes[ATTRIBUTES.failedKey] === undefined;
      const isCounted = isFirst || attributes[ATTRIBUTES.dlqRetryCount] !== undefined;
      assertInvariant(isCounted, "I10", () => "a message is redriven or retried without a count");
      const isNamed = isFirst || attributes[ATTRIBUTES.failedKey] !== undefined;
      assertInvariant(isNamed, "I18", () => "a message is redriven or retried without the key of its row");
      const id = textOf(attributes, ATTRIBUTES.redriveId);
      const isMarked = id === undefined || oracle.redriveIds.has(id);
      assertInvariant(isMarked, "I18", () => "a message is redriven with an unknown redrive id");
      // No message of the simulation has an attribute of another type.
      target?.send(body, attributes as Readonly<Record<string, string>>, delaySeconds * 1_000);
    },
    async changeVisibility(queueUrl, entries) {
      const target = sourceAt(queueUrl);
      for (const { receiptHandle, seconds } of entries) target?.changeVisibility(receiptHandle, seconds);
    },
    async backlog(queueUrl) {
      return sourceAt(queueUrl)?.messages.size ?? 0;
    },
  };
}
