import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { eventOfChange } from "../../../../functions/orders/domain/order.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import { checkAcknowledged } from "../invariants/operator-actions.ts";
import { CONSUMER_TIMEOUT_MS, type LambdaHandler } from "../parts.ts";
import type { World } from "../simulated-system.ts";
import type { QueueOwner } from "./consumers.ts";
import { failedIn, type SimQueue, sqsEventOf } from "./queue.ts";
import { attemptsOf, type Shard, type StreamRow, streamEventOf } from "./stream.ts";

const MAX_CONCURRENCY = 4;
const STREAM_RECORD_AGE_MS = 3_600_000;

/** The faults of this run of a function. */
export function circumstances(world: World, timeoutMs: number) {
  const { random, faultProfile, hasCleared } = world;
  const isSkewed = !hasCleared && random.chance(faultProfile.skew);
  return {
    timeoutMs,
    skewMs: isSkewed ? Math.round((random.next() - 0.5) * 1_200_000) : 0,
    becomesZombie: !hasCleared && random.chance(faultProfile.zombie),
  };
}

/** One poll of a queue by Lambda's rules: what succeeded is deleted, what failed stays until it is visible. */
export function poll(
  world: World,
  queue: SimQueue,
  consumer: QueueOwner,
  role: "source" | "dead",
  handler: LambdaHandler,
): void {
  const { random, faultProfile, host, attempts } = world;
  const cleared = world.hasCleared;
  const received = queue.receive(1 + random.below(10), cleared ? 0 : faultProfile.duplicate);
  if (received.length === 0) return;
  // A throttled receive counts like any other.
  if (!cleared && random.chance(faultProfile.throttle)) return;
  attempts.handled(consumer, received, role);
  const event = sqsEventOf(queue, received);
  const startedAt = world.scheduler.now();
  host.invoke(
    role === "source" ? consumer : "dead-letters",
    circumstances(world, CONSUMER_TIMEOUT_MS),
    (context) => {
      const invocation = currentInvocation.getStore();
      if (invocation !== undefined) invocation.received = received;
      return handler(event, context);
    },
    (ending) => {
      const failed = ending.kind === "answer" ? failedIn(received, ending.value) : new Set(received);
      for (const one of received) {
        if (failed.has(one)) continue;
        const { attributes: marks, body } = one.copy;
        // A copy on its way to Kafka has not done its work yet, unless the way itself was the work.
        const isHandedOn = consumer === "publish-to-kafka" && !isFor(consumer, marks);
        if (role === "source") checkAcknowledged(world, { marks, body, startedAt, isHandedOn });
        if (!world.hasCleared && random.chance(faultProfile.ackLost)) continue;
        queue.remove(one);
      }
    },
  );
}

function isFor(owner: QueueOwner, attributes: Readonly<Record<string, string>>): boolean {
  return attributes[ATTRIBUTES.failedKey]?.startsWith(`${owner}~`) === true;
}

export function mayPoll(world: World, queue: SimQueue, name: string): boolean {
  return world.host.running(name) < MAX_CONCURRENCY && queue.hasVisible();
}

/** One read of a shard by Lambda's rules: in order, one run at a time, from the lowest failure again. */
export function readShard(world: World, shard: Shard): void {
  const { scheduler, random } = world;
  const oldest = shard.rows[shard.position];
  const isOld = ({ at }: StreamRow) => scheduler.now() - at > STREAM_RECORD_AGE_MS;
  if (oldest !== undefined && isOld(oldest)) {
    const waiting = shard.rows.slice(shard.position, shard.position + 1 + random.below(4));
    giveUp(world, shard, waiting.filter(isOld).length);
    return;
  }
  const rows = shard.rows.slice(
    shard.position,
    shard.position + Math.min(shard.batchSize, 1 + random.below(10)),
  );
  shard.isBusy = true;
  const { publishEvents, kafka } = world.functions;
  const handler = shard.reader === "publish-events" ? publishEvents : kafka?.publishToKafka;
  if (handler === undefined) throw new RangeError(`There is no reader of the stream named ${shard.reader}.`);
  world.host.invoke(
    shard.reader,
    circumstances(world, CONSUMER_TIMEOUT_MS),
    (context) => handler(streamEventOf(rows), context),
    (ending) => {
      shard.isBusy = false;
      const finished = ending.kind === "answer" ? attemptsOf(rows, ending.value) : undefined;
      if (finished === undefined) {
        // Bisected on error: a record that kills the function is found, and its neighbours get through.
        shard.batchSize = Math.max(1, Math.floor(rows.length / 2));
        if (rows.length === 1 && !world.hasCleared && random.chance(0.3)) giveUp(world, shard, 1);
      } else {
        moveOn(world, shard, finished);
        shard.batchSize = 10;
      }
      if (finished !== rows.length) shard.notBefore = scheduler.now() + random.below(10_000);
    },
  );
}

export function mayRead(world: World, shard: Shard): boolean {
  const isReady = !shard.isBusy && shard.notBefore <= world.scheduler.now();
  return isReady && shard.position < shard.rows.length;
}

/** Retries or age are used up: the records go to the bucket, with their payload, and the shard goes on. */
function giveUp(world: World, shard: Shard, count: number): void {
  const rows = shard.rows.slice(shard.position, shard.position + count);
  world.crashed.set(`${shard.reader}-${rows[0]?.sequence ?? 0}`, { reader: shard.reader, rows });
  moveOn(world, shard, rows.length);
}

function moveOn(world: World, shard: Shard, count: number): void {
  for (let i = 0; i < count; i++) {
    const row = shard.rows[shard.position];
    if (row === undefined) return;
    const event = eventOfChange(row.before, row.after);
    if (event !== undefined) world.facts.passed[shard.reader].add(event.id);
    shard.position += 1;
  }
}
