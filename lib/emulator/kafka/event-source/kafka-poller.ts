import type { KafkaMappingSpec } from "../../assembly/model.ts";
import { elapsed as monotonic } from "../../elapsed.ts";
import { EVENT_BYTES } from "../../event-sources/event-size.ts";
import { createBackoff, createLoopWaits } from "../../event-sources/loop-waits.ts";
import type { Clock, FunctionHost } from "../../types.ts";
import type { KafkaDestination } from "./kafka-destination.ts";
import { eventBytes, type KafkaRecord, type KafkaSource, toKafkaEvent } from "./kafka-event.ts";
import type { GroupMember } from "./kafka-group.ts";
import type { GiveUpReason, PartitionQueue } from "./kafka-partition-queue.ts";
import { readKafkaResponse } from "./kafka-response.ts";

export interface PollerOptions {
  readonly spec: KafkaMappingSpec;
  readonly host: FunctionHost;
  readonly source: KafkaSource;
  readonly member: GroupMember;
  /** The clock of record ages. */
  readonly clock: Clock;
  /** Measures waits and windows; default: the monotonic clock. */
  readonly elapsed?: Clock;
  readonly log: (text: string) => void;
  readonly destination: KafkaDestination | undefined;
  /** The present partitions of this poller. */
  readonly queues: () => readonly PartitionQueue[];
  /** Whether this member still has the queue's partition, at its present position. */
  readonly owns: (queue: PartitionQueue) => boolean;
}

export interface Poller {
  wake(): void;
  /** Waits for the running invocation. */
  stop(): void;
  /** Rejects where a commit failed. */
  readonly done: Promise<void>;
}

interface Taken {
  readonly queue: PartitionQueue;
  readonly records: readonly KafkaRecord[];
}

/** Milliseconds between two checks for partitions whose wait is over. */
const IDLE_MS = 50;

/** Invokes the function with one event after the other, each with records of several partitions. */
export const createPoller = (options: PollerOptions): Poller => {
  const { spec, host, source, member, clock, elapsed = monotonic, log, destination, owns } = options;
  const waits = createLoopWaits();
  let windowClosesAt: number | undefined;
  /** The first partition of the last event. The next event begins with another one, even if this one is full. */
  let lastFirst = -1;

  const ready = (): readonly PartitionQueue[] =>
    options.queues().filter(({ buffer, notBefore }) => buffer.length > 0 && notBefore <= elapsed.now());

  const inTurn = (queues: readonly PartitionQueue[]): readonly PartitionQueue[] => {
    const order = queues.toSorted((left, right) => left.partition - right.partition);
    const later = order.filter(({ partition }) => partition > lastFirst);
    const [first, ...others] = [...later, ...order.filter((queue) => !later.includes(queue))];
    if (first === undefined) return [];
    return first.isAlone ? [first] : [first, ...others.filter(({ isAlone }) => !isAlone)];
  };

  const collect = (queues: readonly PartitionQueue[]): readonly Taken[] => {
    const taken: Taken[] = [];
    let room = spec.batchSize;
    let bytes = EVENT_BYTES;
    for (const queue of inTurn(queues)) {
      const records = queue.take(room, bytes);
      if (records.length === 0) continue;
      taken.push({ queue, records });
      room -= records.length;
      for (const record of records) bytes -= eventBytes(record);
    }
    return taken;
  };

  const giveUp = async (
    records: readonly KafkaRecord[],
    condition: GiveUpReason,
    invokeCount: number,
    lastResult?: Awaited<ReturnType<typeof host.invoke>>,
  ): Promise<boolean> => {
    log(`${records.length} record(s) of ${records[0]?.topic} given up: ${condition}`);
    const refused = createBackoff(100, 5_000);
    while (destination !== undefined) {
      try {
        await destination.write({ records, condition, invokeCount, lastResult });
        return true;
      } catch (error) {
        // Committed only once it is written, so that no record is lost.
        log(`cannot write to ${spec.destinationTopic}: ${String(error)}`);
        await waits.wait(refused.next());
        if (waits.stopped) return false;
      }
    }
    return true;
  };

  const commit = (queues: readonly PartitionQueue[]): Promise<void> => {
    const ours = queues.filter(owns);
    if (ours.length === 0) return Promise.resolve();
    return member.commit(ours.map(({ partition, committed: offset }) => ({ partition, offset })));
  };

  const expire = async (queues: readonly PartitionQueue[]): Promise<void> => {
    if (spec.maximumRecordAgeSeconds < 0) return;
    const oldest = clock.now() - spec.maximumRecordAgeSeconds * 1000;
    for (const queue of queues) {
      const count = queue.older(oldest);
      if (count === 0) continue;
      if (!(await giveUp(queue.buffer.slice(0, count), "RecordAgeExceeded", 0))) return;
      queue.expire(count);
      await commit([queue]);
    }
  };

  const deliver = async (taken: readonly Taken[]): Promise<void> => {
    const all = taken.flatMap(({ records }) => records);
    const result = await host.invoke(spec.functionName, toKafkaEvent(all, source));
    const verdict = readKafkaResponse(result, spec.reportBatchItemFailures, all);
    if (verdict.kind === "all") log(`an event of ${all.length} record(s) failed: ${verdict.why}`);
    const moved: PartitionQueue[] = [];
    for (const { queue, records } of taken) {
      const shared = taken.length > 1;
      const throttled = result.kind === "throttled";
      const decision = queue.decide(records.length, verdict, throttled, shared, elapsed.now());
      if (decision.finished > 0) queue.drop(decision.finished);
      const lost = queue.buffer.slice(0, decision.givenUp);
      if (lost.length > 0 && (await giveUp(lost, "RetriesExhausted", decision.invokes, result))) {
        queue.drop(lost.length);
      }
      if (decision.finished + decision.givenUp > 0) moved.push(queue);
    }
    await commit(moved);
  };

  const poll = async (): Promise<void> => {
    while (!waits.stopped) {
      await expire(options.queues());
      const queues = ready();
      if (queues.length === 0) {
        windowClosesAt = undefined;
        await waits.idle(IDLE_MS);
        continue;
      }
      windowClosesAt ??= elapsed.now() + spec.windowSeconds * 1000;
      const taken = collect(queues);
      const count = taken.reduce((sum, { records }) => sum + records.length, 0);
      const isCollecting =
        count < spec.batchSize && elapsed.now() < windowClosesAt && !queues.some(({ isAlone }) => isAlone);
      if (isCollecting) {
        await waits.idle(IDLE_MS);
        continue;
      }
      windowClosesAt = undefined;
      lastFirst = taken[0]?.queue.partition ?? -1;
      if (count > 0) await deliver(taken);
    }
  };
  return { wake: waits.wake, stop: waits.stop, done: poll() };
};
