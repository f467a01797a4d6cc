import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { eventOfChange } from "../../../../functions/orders/domain/order.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import { checkAcknowledged } from "../invariants/operator-actions.ts";
import { CONSUMER_TIMEOUT_MS, type LambdaHandler } from "../parts.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { isBrokerPublisher, type QueueOwner } from "./consumers.ts";
import { failedIn, type SimQueue, sqsEventOf } from "./queue.ts";
import { attemptsOf, type Shard, type StreamRow, streamEventOf } from "./stream.ts";

const MAX_CONCURRENCY = 4;
const STREAM_RECORD_AGE_MS = 3_600_000;

/** The faults of one invocation. */
export function invocationFaults(system: SimulatedSystem, timeoutMs: number) {
  const { random, faultProfile, areFaultsOver } = system;
  const isSkewed = !areFaultsOver && random.chance(faultProfile.skew);
  return {
    timeoutMs,
    skewMs: isSkewed ? Math.round((random.next() - 0.5) * 1_200_000) : 0,
    becomesZombie: !areFaultsOver && random.chance(faultProfile.zombie),
  };
}

/** One poll of a queue by Lambda's rules: successful messages are deleted, failed ones become visible again. */
export function poll(
  system: SimulatedSystem,
  queue: SimQueue,
  consumer: QueueOwner,
  role: "source" | "dead",
  handler: LambdaHandler,
): void {
  const { random, faultProfile, host, attempts } = system;
  const areFaultsOver = system.areFaultsOver;
  const received = queue.receive(1 + random.below(10), areFaultsOver ? 0 : faultProfile.duplicate);
  if (received.length === 0) return;
  // A throttled invocation counts as a receive.
  if (!areFaultsOver && random.chance(faultProfile.throttle)) return;
  attempts.handled(consumer, received, role);
  const event = sqsEventOf(queue, received);
  const startedAt = system.scheduler.now();
  host.invoke(
    role === "source" ? consumer : "dead-letters",
    invocationFaults(system, CONSUMER_TIMEOUT_MS),
    (context) => {
      const invocation = currentInvocation.getStore();
      if (invocation !== undefined) invocation.received = received;
      return handler(event, context);
    },
    (result) => {
      const failed = result.kind === "response" ? failedIn(received, result.value) : new Set(received);
      for (const one of received) {
        if (failed.has(one)) continue;
        const { attributes, body } = one.message;
        // A message forwarded to a broker has no effect yet, unless publishing was its effect.
        const isForwarded = isBrokerPublisher(consumer) && !isFor(consumer, attributes);
        if (role === "source")
          checkAcknowledged(system, {
            attributes,
            body,
            startedAt,
            isForwarded,
            isUnderWay: (id) => hasReachedBroker(system, id),
          });
        if (!system.areFaultsOver && random.chance(faultProfile.ackLost)) continue;
        queue.remove(one);
      }
    },
  );
}

function hasReachedBroker({ kafka, rabbitmq }: SimulatedSystem, redriveId: string): boolean {
  if (rabbitmq?.redriveIds.has(redriveId) === true) return true;
  const records = kafka?.topic.partitions.flatMap((partition) => partition.records) ?? [];
  return records.some(({ headers }) => headers[ATTRIBUTES.redriveId] === redriveId);
}

function isFor(owner: QueueOwner, attributes: Readonly<Record<string, string>>): boolean {
  return attributes[ATTRIBUTES.failedKey]?.startsWith(`${owner}~`) === true;
}

export function mayPoll(system: SimulatedSystem, queue: SimQueue, name: string): boolean {
  return system.host.running(name) < MAX_CONCURRENCY && queue.hasVisible();
}

/** One read of a shard by Lambda's rules: in order, one invocation at a time, again from the lowest failure. */
export function readShard(system: SimulatedSystem, shard: Shard): void {
  const { scheduler, random } = system;
  const oldest = shard.rows[shard.position];
  const isOld = ({ at }: StreamRow) => scheduler.now() - at > STREAM_RECORD_AGE_MS;
  if (oldest !== undefined && isOld(oldest)) {
    const waiting = shard.rows.slice(shard.position, shard.position + 1 + random.below(4));
    giveUp(system, shard, waiting.filter(isOld).length);
    return;
  }
  const rows = shard.rows.slice(
    shard.position,
    shard.position + Math.min(shard.batchSize, 1 + random.below(10)),
  );
  shard.isBusy = true;
  const { publishEvents, kafka } = system.functions;
  const handler = shard.reader === "publish-events" ? publishEvents : kafka?.publishToKafka;
  if (handler === undefined) throw new RangeError(`There is no reader of the stream named ${shard.reader}.`);
  system.host.invoke(
    shard.reader,
    invocationFaults(system, CONSUMER_TIMEOUT_MS),
    (context) => handler(streamEventOf(rows), context),
    (result) => {
      shard.isBusy = false;
      const finished = result.kind === "response" ? attemptsOf(rows, result.value) : undefined;
      if (finished === undefined) {
        // Bisecting isolates the record that crashes the function.
        shard.batchSize = Math.max(1, Math.floor(rows.length / 2));
        if (rows.length === 1 && !system.areFaultsOver && random.chance(0.3)) giveUp(system, shard, 1);
      } else {
        moveOn(system, shard, finished);
        shard.batchSize = 10;
      }
      if (finished !== rows.length) shard.notBefore = scheduler.now() + random.below(10_000);
    },
  );
}

export function mayRead(system: SimulatedSystem, shard: Shard): boolean {
  const isReady = !shard.isBusy && shard.notBefore <= system.scheduler.now();
  return isReady && shard.position < shard.rows.length;
}

/** Retries or age are exhausted: the records go to the bucket, and the shard advances. */
function giveUp(system: SimulatedSystem, shard: Shard, count: number): void {
  const rows = shard.rows.slice(shard.position, shard.position + count);
  system.crashed.set(`${shard.reader}-${rows[0]?.sequence ?? 0}`, { reader: shard.reader, rows });
  moveOn(system, shard, rows.length);
}

function moveOn(system: SimulatedSystem, shard: Shard, count: number): void {
  for (let i = 0; i < count; i++) {
    const row = shard.rows[shard.position];
    if (row === undefined) return;
    const event = eventOfChange(row.before, row.after);
    if (event !== undefined) system.oracle.passed[shard.reader].add(event.id);
    shard.position += 1;
  }
}
