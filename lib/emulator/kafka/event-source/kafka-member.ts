import { elapsed } from "../../elapsed.ts";
import type { LoopWaits } from "../../event-sources/loop-waits.ts";
import { createPartitionQueue, type PartitionQueue } from "./kafka-partition-queue.ts";
import { createPoller, type PollerOptions } from "./kafka-poller.ts";

export interface MemberOptions extends Omit<PollerOptions, "queues" | "owns"> {
  /** The mapping's own waits: their stop ends the member. */
  readonly waits: LoopWaits;
  /** Called once a second with the lag of this member's partitions. */
  readonly onLag?: (records: number) => void;
}

/** Batches read ahead for a partition. */
const AHEAD = 2;
/** Milliseconds between two checks for a stop or rebalance while every partition is full. */
const FULL_MS = 20;
const LAG_EVERY_MS = 1_000;

/** Reads the member's partitions and invokes the function, until the mapping stops. Rejects once the member is lost. */
export const serveMember = async (options: MemberOptions): Promise<void> => {
  const { spec, member, waits, log } = options;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let queues: readonly PartitionQueue[] = [];
  let generation = -1;
  const ends = new Map<number, bigint>();
  let lagReportedAt = Number.NEGATIVE_INFINITY;
  const pollers = Array.from({ length: spec.maximumPollers }, (_, index) =>
    createPoller({
      ...options,
      queues: () => queues.filter(({ partition }) => partition % spec.maximumPollers === index),
      owns: (queue) => queues.includes(queue),
    }),
  );
  for (const poller of pollers) poller.done.catch(failed.reject);

  const assign = async (): Promise<void> => {
    const joined = member.generation;
    const assigned = await member.assignments();
    queues = assigned.map(({ partition, from, lost }) => {
      if (lost > 0n) {
        log(
          `${lost} record(s) of ${spec.topic}-${partition} were removed by the retention before they were read`,
        );
      }
      const before = queues.find((queue) => queue.partition === partition);
      // No other member has committed since: the records read ahead are still the next ones.
      return before?.committed === from ? before : createPartitionQueue(spec.topic, partition, from, spec);
    });
    generation = joined;
  };
  const read = async (): Promise<void> => {
    const hungry = queues.filter(({ buffer }) => buffer.length < spec.batchSize * AHEAD);
    if (hungry.length === 0) return waits.wait(FULL_MS);
    const reading = generation;
    const replies = await member.fetch(
      hungry.map(({ partition, position: offset }) => ({ partition, offset })),
    );
    if (member.generation !== reading) return;
    for (const { partition, next, end, records } of replies) {
      ends.set(partition, end);
      const queue = queues.find((one) => one.partition === partition);
      if (queue === undefined) continue;
      queue.buffer.push(...records);
      queue.position = next;
    }
    if (replies.some(({ records }) => records.length > 0)) for (const poller of pollers) poller.wake();
  };
  const reportLag = (): void => {
    if (elapsed.now() - lagReportedAt < LAG_EVERY_MS) return;
    lagReportedAt = elapsed.now();
    const lags = queues.map(({ partition, committed }) =>
      Number((ends.get(partition) ?? committed) - committed),
    );
    options.onLag?.(lags.reduce((sum, lag) => sum + lag, 0));
  };
  const serve = async (): Promise<void> => {
    while (!waits.stopped) {
      if (member.generation !== generation) await assign();
      await read();
      reportLag();
    }
  };

  try {
    await Promise.race([serve(), failed.promise]);
  } finally {
    for (const poller of pollers) poller.stop();
    await Promise.allSettled(pollers.map(({ done }) => done));
  }
};
