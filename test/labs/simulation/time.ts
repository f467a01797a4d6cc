import { retryDelaySeconds } from "../../../functions/failures/maintenance/retry-parked-events.ts";
import { FINISHING } from "../../../functions/failures/maintenance/watch-unfinished-orders.ts";
import { isPublisher } from "../../../functions/publishing/domain/publishers.ts";
import { isRead, nextMoveAt } from "./cloud/backbone.ts";
import { partitionsOf } from "./cloud/kafka.ts";
import { isQueueRead } from "./cloud/rabbitmq-mapping.ts";
import { expiryOf } from "./cloud/rabbitmq-queue.ts";
import { isReconciled } from "./invariants/each-step.ts";
import type { SimulatedSystem } from "./simulated-system.ts";

const SECOND_MS = 1_000;
/** Maintenance publishes it again within an hour: steps of a minute would be many. */
const RECONCILED_AFTER_MS = 240 * SECOND_MS;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Streams keep a record for a day. */
const STREAM_RETENTION_MS = DAY_MS;
const TOPIC_RETENTION_MS = 7 * DAY_MS;

/** The next time at which work is due; `undefined` where none ever is. */
export function nextDueAt(system: SimulatedSystem, nextTick: number): number | undefined {
  const { scheduler, queues, shards, tables } = system;
  const now = scheduler.now();
  let at = Math.min(scheduler.nextTimerAt(), nextMoveAt(system) ?? Number.POSITIVE_INFINITY);
  for (const { consumer, source, deadLetters, undelivered } of queues) {
    const left = [deadLetters, undelivered];
    for (const queue of system.backbone.readsQueue(consumer) ? [source, ...left] : left) {
      for (const { visibleAt } of queue.messages) at = Math.min(at, visibleAt);
    }
  }
  for (const shard of shards) if (shard.position < shard.rows.length) at = Math.min(at, shard.notBefore);
  for (const { committed, records, notBefore } of partitionsOf(system.kafka, isRead(system, "kafka"))) {
    if (committed < records.length) at = Math.min(at, notBefore);
  }
  at = Math.min(at, rabbitDueAt(system));
  for (const row of tables.rows.failed.values()) {
    if (row.status === "RETRYING" || row.status === "REDRIVEN") {
      at = Math.min(at, Math.max(Date.parse(row.dueAt), nextTick));
    } else if (row.status === "OPEN" && isPublisher(row.consumer) && row.eventId !== undefined) {
      const due = Date.parse(row.lastAt) + retryDelaySeconds(row.failures) * SECOND_MS;
      at = Math.min(at, Math.max(due, nextTick));
    } else if (row.status === "OPEN" && Date.parse(row.dueAt) > now) {
      // Opened by a host whose clock was ahead: maintenance finds it later.
      at = Math.min(at, Math.max(Date.parse(row.dueAt), nextTick));
    }
  }
  for (const id of system.oracle.purged) {
    const isKnown = () =>
      [...tables.rows.failed.values()].some(
        ({ consumer, eventId, status }) =>
          eventId === id && status !== "RESOLVED" && FINISHING.includes(consumer),
      );
    if (isReconciled(system, id) && !isKnown()) at = Math.min(at, nextTick + RECONCILED_AFTER_MS);
  }
  for (const { status, dueAt } of system.jobs.values()) {
    if (status === "RUNNING") at = Math.min(at, Math.max(Date.parse(dueAt), nextTick));
  }
  if (system.crashed.size > 0) at = Math.min(at, nextTick);
  return at === Number.POSITIVE_INFINITY ? undefined : Math.max(at, now + 1);
}

/** The next time at which a message of RabbitMQ can be delivered or moved. */
function rabbitDueAt(system: SimulatedSystem): number {
  let at = Number.POSITIVE_INFINITY;
  // A timer restarts a broker that is down.
  if (system.rabbitmq?.isDown !== false) return at;
  for (const queue of system.rabbitmq.queues) {
    const [head] = queue.ready;
    if (head !== undefined) {
      at = Math.min(at, expiryOf(queue, head));
      if (isQueueRead(system, queue) && !queue.isBusy && !queue.isMissing) at = Math.min(at, queue.notBefore);
    }
    for (const { notBefore } of queue.dying) at = Math.min(at, notBefore);
  }
  return at;
}

/** Advances the clock during work: by seconds, minutes, hours, or days where no retention ends. */
export function advanceClock(system: SimulatedSystem): void {
  const { scheduler, random } = system;
  const kind = random.below(10);
  if (kind < 7) {
    scheduler.advanceTo(scheduler.now() + random.below((kind < 4 ? 5 : 240) * SECOND_MS));
    return;
  }
  const wanted = kind < 9 ? random.below(3 * HOUR_MS) : random.below(3 * DAY_MS);
  scheduler.advanceTo(scheduler.now() + Math.max(0, Math.min(wanted, longestWait(system))));
}

/** No message or record waits longer than three quarters of its retention. */
function longestWait(system: SimulatedSystem): number {
  const { scheduler, queues, shards, kafka } = system;
  const now = scheduler.now();
  let longest = Number.POSITIVE_INFINITY;
  for (const { source, deadLetters, undelivered } of queues) {
    for (const queue of [source, deadLetters, undelivered]) {
      for (const { sentAt } of queue.messages) {
        longest = Math.min(longest, sentAt + 0.75 * queue.retentionMs - now);
      }
    }
  }
  for (const shard of shards) {
    const oldest = shard.rows[shard.position];
    if (oldest !== undefined) longest = Math.min(longest, oldest.at + 0.75 * STREAM_RETENTION_MS - now);
  }
  for (const { committed, records } of partitionsOf(kafka, isRead(system, "kafka"))) {
    const oldest = records[committed];
    if (oldest !== undefined) longest = Math.min(longest, oldest.at + 0.75 * TOPIC_RETENTION_MS - now);
  }
  return longest;
}
