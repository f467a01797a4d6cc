import { expect, it } from "vitest";
import type { KafkaEvent, KafkaRecord } from "../../../lib/emulator/kafka/event-source/kafka-event.ts";
import type { GroupMember } from "../../../lib/emulator/kafka/event-source/kafka-group.ts";
import {
  createPartitionQueue,
  type PartitionQueue,
} from "../../../lib/emulator/kafka/event-source/kafka-partition-queue.ts";
import { createPoller } from "../../../lib/emulator/kafka/event-source/kafka-poller.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";

const BATCH = 2;
const INVOCATIONS = 12;
const done: InvokeResult = { kind: "ok", payload: { batchItemFailures: [] } };
const thrown: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "no" };

function fill(queue: PartitionQueue, count: number): void {
  const records = Array.from({ length: count }, (_, index): KafkaRecord => {
    const offset = queue.position + BigInt(index);
    return {
      topic: "t",
      partition: queue.partition,
      offset,
      timestampMs: 0,
      key: null,
      value: null,
      headers: [],
    };
  });
  queue.buffer.push(...records);
  queue.position += BigInt(count);
}

/** The partitions of each invocation while one partition is always full. */
async function invocationsOf(
  queues: readonly PartitionQueue[],
  saturated: number,
  answer: (partitions: readonly string[]) => InvokeResult,
): Promise<readonly string[][]> {
  const seen: string[][] = [];
  const enough = Promise.withResolvers<void>();
  const member: GroupMember = {
    generation: 0,
    assignments: async () => [],
    fetch: async () => [],
    commit: async () => {},
    leave: async () => {},
  };
  let now = 0;
  const poller = createPoller({
    spec: {
      kind: "kafka",
      functionName: "under-test",
      clusterArn: "arn",
      topic: "t",
      consumerGroup: "g",
      batchSize: BATCH,
      windowSeconds: 0,
      maximumPollers: 1,
      bisect: true,
      maximumRetryAttempts: -1,
      maximumRecordAgeSeconds: -1,
      enabled: true,
      reportBatchItemFailures: true,
      startingPosition: "TRIM_HORIZON",
    },
    host: {
      async invoke(_name, event) {
        const partitions = Object.keys((event as KafkaEvent).records);
        seen.push(partitions);
        for (const queue of queues) if (queue.partition === saturated) fill(queue, BATCH);
        if (seen.length === INVOCATIONS) enough.resolve();
        return answer(partitions);
      },
      close: async () => {},
    },
    source: { clusterArn: "arn", brokers: "127.0.0.1:9092" },
    member,
    // Each read is a second later, so that pauses between attempts end.
    clock: { now: () => now },
    elapsed: { now: () => (now += 1_000) },
    log: () => {},
    destination: undefined,
    queues: () => queues,
    owns: () => true,
  });
  await enough.promise;
  poller.stop();
  await poller.done;
  return seen;
}

const queuesOf = (...counts: readonly number[]) =>
  counts.map((count, partition) => {
    const queue = createPartitionQueue("t", partition, 0n, { bisect: true, maximumRetryAttempts: -1 });
    fill(queue, count);
    return queue;
  });

it("a poller starts events with each of its partitions in turn, even where one is always full", async () => {
  const queues = queuesOf(2 * BATCH, 4, 4);

  const seen = await invocationsOf(queues, 0, () => done);

  expect(seen.slice(0, 3).map(([first]) => first)).toEqual(["t-0", "t-1", "t-2"]);
  expect(queues.slice(1).map(({ committed }) => committed)).toEqual([4n, 4n]);
});

it("a poller continues with the others while one partition is halved and fails", async () => {
  const queues = queuesOf(2 * BATCH, 4, 4);

  const seen = await invocationsOf(queues, 0, (partitions) => (partitions.includes("t-0") ? thrown : done));

  expect(queues.map(({ committed }) => committed)).toEqual([0n, 4n, 4n]);
  expect(seen.filter(([first]) => first === "t-0").length).toBeGreaterThan(1);
});
