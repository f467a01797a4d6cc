import { currentInvocation } from "../engine/scheduler.ts";
import { checkCommitted } from "../invariants/commits.ts";
import { checkAcknowledged } from "../invariants/operator-actions.ts";
import { CONSUMER_TIMEOUT_MS, type LambdaHandler } from "../parts.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { type GiveUpReason, sendToDeadLetters } from "./kafka-destination.ts";
import { bodyOf, kafkaEventOf, type Log, type LogRecord, MAX_BATCH_SIZE, type Partition } from "./log.ts";
import { invocationFaults } from "./mappings.ts";

/** The minimum of the settings, so that records are often too old. */
const KAFKA_RECORD_AGE_MS = 3_600_000;
const BACK_OFF_MS = 10_000;

export interface TopicMapping {
  readonly name: string;
  readonly log: Log;
  readonly handler: LambdaHandler;
  readonly isOn: () => boolean;
  /** Absent: failures are retried for ever, and the response is ignored. */
  readonly retries?: number;
}

/** The records of one partition in one invocation. */
interface PartitionBatch {
  readonly partition: Partition;
  readonly generation: number;
  readonly startedAt: number;
  readonly records: readonly LogRecord[];
}

export function mayPollTopic(system: SimulatedSystem, { log, isOn }: TopicMapping): boolean {
  return log.partitions.some((partition) => isReady(system, partition)) && isOn();
}

function isReady(
  { scheduler }: SimulatedSystem,
  { isBusy, notBefore, committed, records }: Partition,
): boolean {
  return !isBusy && notBefore <= scheduler.now() && committed < records.length;
}

/**
 * One invocation by the rules of Lambda for Kafka:
 * - one event holds records of several partitions, and a partition is in one invocation at a time;
 * - a partition is read again from its lowest failed offset;
 * - a batch that failed as a whole is halved.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export function pollTopic(system: SimulatedSystem, mapping: TopicMapping): void {
  const { random, host } = system;
  const ready = mapping.log.partitions.filter((partition) => isReady(system, partition));
  const first = random.pick(ready);
  if (mapping.retries !== undefined && expire(system, first)) return;
  const others = ready.filter((other) => other !== first && !other.isAlone && random.chance(0.5));
  const shares = (first.isAlone ? [first] : [first, ...others]).map((partition): PartitionBatch => {
    const { committed, size, generation, records } = partition;
    partition.isBusy = true;
    const taken = records.slice(committed, committed + Math.min(size, 1 + random.below(8)));
    return { partition, generation, startedAt: system.scheduler.now(), records: taken };
  });
  const all = shares.flatMap(({ records }) => records);
  for (const record of all) system.attempts.read(record);
  host.invoke(
    mapping.name,
    invocationFaults(system, CONSUMER_TIMEOUT_MS),
    (context) => {
      const invocation = currentInvocation.getStore();
      if (invocation !== undefined) invocation.records = all;
      return mapping.handler(kafkaEventOf(all), context);
    },
    (result) => {
      const failed = result.kind === "response" ? lowestFailures(mapping, all, result.value) : undefined;
      for (const share of shares)
        ended(system, mapping, share, failed?.get(share.partition.name), {
          isWhole: failed === undefined,
          isAlone: shares.length === 1,
        });
    },
  );
}

/** The lowest failed offset by partition; `undefined` where the whole event failed. */
function lowestFailures(
  { retries }: TopicMapping,
  records: readonly LogRecord[],
  response: unknown,
): ReadonlyMap<string, number> | undefined {
  const lowest = new Map<string, number>();
  const failures = (response as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (retries === undefined || failures === undefined || failures === null) return lowest;
  if (!Array.isArray(failures)) return undefined;
  for (const failure of failures as readonly {
    itemIdentifier?: { partition?: unknown; offset?: unknown };
  }[]) {
    const { partition, offset } = failure?.itemIdentifier ?? {};
    const known = records.find(
      (one) => `${one.topic}-${one.partition}` === partition && one.offset === offset,
    );
    assertInvariant(
      known !== undefined,
      "NAMES",
      () => `a response names ${String(partition)}@${String(offset)}, which is not in the event`,
    );
    if (known === undefined) return undefined;
    const name = `${known.topic}-${known.partition}`;
    lowest.set(name, Math.min(lowest.get(name) ?? known.offset, known.offset));
  }
  return lowest;
}

function ended(
  system: SimulatedSystem,
  { retries = Number.POSITIVE_INFINITY }: TopicMapping,
  { partition, generation, startedAt, records }: PartitionBatch,
  failedOffset: number | undefined,
  { isWhole, isAlone }: { readonly isWhole: boolean; readonly isAlone: boolean },
): void {
  const { random, faultProfile, scheduler } = system;
  // After a rebalance another member reads the partition.
  if (partition.generation !== generation) return;
  partition.isBusy = false;
  const failedAt = isWhole ? 0 : records.findIndex(({ offset }) => offset === failedOffset);
  if (failedAt !== -1) partition.notBefore = scheduler.now() + random.below(BACK_OFF_MS);
  // The coordinator refuses the commit, so processed records are redelivered.
  if (!system.areFaultsOver && random.chance(faultProfile.ackLost)) return;
  const done = failedAt === -1 ? records : records.slice(0, failedAt);
  for (const record of isWhole ? [] : done) {
    const { headers: attributes } = record;
    checkAcknowledged(system, { attributes, body: bodyOf(record), startedAt, isForwarded: false });
  }
  if (failedAt === -1) {
    Object.assign(partition, { size: MAX_BATCH_SIZE, isAlone: false, retries: 0 });
    commit(system, partition, records.length);
    return;
  }
  if (isWhole && retries !== Number.POSITIVE_INFINITY && (!isAlone || records.length > 1)) {
    partition.isAlone = true;
    if (isAlone) partition.size = Math.max(1, Math.floor(records.length / 2));
    return;
  }
  commit(system, partition, failedAt);
  partition.retries = failedAt > 0 ? 0 : partition.retries + 1;
  if (partition.retries <= retries) return;
  giveUpOn(system, partition, records.length - failedAt, "RetriesExhausted");
}

/** Records that are too old are given up without an invocation. */
function expire(system: SimulatedSystem, partition: Partition): boolean {
  const oldest = system.scheduler.now() - KAFKA_RECORD_AGE_MS;
  const { records, committed } = partition;
  const count = records.slice(committed).findIndex(({ at }) => at >= oldest);
  const old = count === -1 ? records.length - committed : count;
  if (old === 0) return false;
  giveUpOn(system, partition, old, "RecordAgeExceeded");
  return true;
}

/** Commits given-up records only once the dead-letter topic has them. */
function giveUpOn(system: SimulatedSystem, partition: Partition, count: number, why: GiveUpReason): void {
  const { records, committed } = partition;
  const isWritten = records
    .slice(committed, committed + count)
    .every((one) => sendToDeadLetters(system, one, why));
  if (isWritten) {
    Object.assign(partition, { size: MAX_BATCH_SIZE, isAlone: false, retries: 0 });
    commit(system, partition, count);
  } else partition.notBefore = system.scheduler.now() + 1 + system.random.below(BACK_OFF_MS);
}

function commit(system: SimulatedSystem, partition: Partition, count: number): void {
  const passed = partition.records.slice(partition.committed, partition.committed + count);
  partition.committed += count;
  checkCommitted(system, passed);
}

/** A rebalance: another member reads the partition, from the committed offset. */
export function rebalance(system: SimulatedSystem, { log }: TopicMapping): void {
  const partition = system.random.pick(log.partitions);
  partition.generation += 1;
  Object.assign(partition, { isBusy: false, size: MAX_BATCH_SIZE, isAlone: false, retries: 0 });
}
