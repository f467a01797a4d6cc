import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KafkaRecord } from "../../../lib/emulator/kafka/event-source/kafka-event.ts";
import {
  createPartitionQueue,
  type RetryRules,
} from "../../../lib/emulator/kafka/event-source/kafka-partition-queue.ts";
import {
  type KafkaVerdict,
  readKafkaResponse,
} from "../../../lib/emulator/kafka/event-source/kafka-response.ts";

const record = (offset: number, timestampMs = 0): KafkaRecord => ({
  topic: "t",
  partition: 0,
  offset: BigInt(offset),
  timestampMs,
  key: null,
  value: Buffer.from(String(offset)),
  headers: [],
});
const queueOf = (count: number, rules: RetryRules) => {
  const queue = createPartitionQueue("t", 0, 0n, rules);
  queue.buffer.push(...Array.from({ length: count }, (_, offset) => record(offset)));
  return queue;
};
const failedFrom = (offset: number): KafkaVerdict => ({
  kind: "failed",
  lowest: new Map([["t-0", BigInt(offset)]]),
});
const all: KafkaVerdict = { kind: "all", why: "thrown" };
const success: KafkaVerdict = { kind: "success" };
const offsets = (records: readonly KafkaRecord[]) => records.map(({ offset }) => Number(offset));
const MUCH = 6 * 1024 * 1024;

describe("one partition of a mapping", () => {
  it("finishes the records before the lowest failed offset and retries the rest together", () => {
    const queue = queueOf(4, { bisect: false, maximumRetryAttempts: 5 });

    const step = queue.decide(4, failedFrom(2), false, false, 0);
    queue.drop(step.finished);

    expect(step).toMatchObject({ finished: 2, givenUp: 0 });
    expect(queue.committed).toBe(2n);
    expect(queue.notBefore).toBeGreaterThan(0);
    expect(offsets(queue.take(10, MUCH))).toEqual([2, 3]);
  });

  it("gives up the remaining records when its retries are used up", () => {
    const queue = queueOf(2, { bisect: false, maximumRetryAttempts: 1 });

    const steps = [0, 1].map(() => queue.decide(2, failedFrom(0), false, false, 0));

    expect(steps.map(({ givenUp, invokes }) => [givenUp, invokes])).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });

  it("uses no retry for a throttled invocation", () => {
    const queue = queueOf(1, { bisect: true, maximumRetryAttempts: 0 });

    const throttled = [1, 2, 3].map(() => queue.decide(1, all, true, false, 0));

    expect(throttled.every(({ finished, givenUp }) => finished + givenUp === 0)).toBe(true);
    expect(queue.decide(1, all, false, false, 0).givenUp).toBe(1);
  });

  it("is retried alone after an event with other partitions failed, and then halved", () => {
    const queue = queueOf(4, { bisect: true, maximumRetryAttempts: 0 });

    queue.decide(4, all, false, true, 0);
    const alone = queue.isAlone;
    queue.decide(4, all, false, false, 0);

    expect(alone).toBe(true);
    expect(offsets(queue.take(10, MUCH))).toEqual([0, 1]);
  });

  it("keeps its halves separate when records expire", () => {
    const queue = queueOf(4, { bisect: true, maximumRetryAttempts: 0 });
    queue.decide(4, all, false, false, 0);

    queue.expire(1);

    expect(offsets(queue.take(10, MUCH))).toEqual([1]);
    expect(queue.committed).toBe(1n);
  });

  it("removes every record once, in order, for any responses", () => {
    const answer = fc.oneof(
      fc.constant("success" as const),
      fc.constant("all" as const),
      fc.constant("throttled" as const),
      fc.nat(9),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.tuple(answer, fc.boolean()), { maxLength: 60 }),
        (count, batchSize, bisect, maximumRetryAttempts, answers) => {
          const queue = queueOf(count, { bisect, maximumRetryAttempts });
          const gone: number[] = [];
          const rest: typeof answers = Array(count * 20).fill(["success", false]);
          for (const [verdict, shared] of [...answers, ...rest]) {
            const taken = queue.take(batchSize, MUCH);
            if (taken.length === 0) break;
            const at = typeof verdict === "number" ? taken[verdict % taken.length]?.offset : undefined;
            const read = at !== undefined ? failedFrom(Number(at)) : verdict === "success" ? success : all;
            const step = queue.decide(taken.length, read, verdict === "throttled", shared, 0);
            gone.push(...offsets(queue.buffer.slice(0, step.finished + step.givenUp)));
            queue.drop(step.finished + step.givenUp);
          }

          expect(gone).toEqual(Array.from({ length: count }, (_, offset) => offset));
          expect(queue.committed).toBe(BigInt(count));
        },
      ),
    );
  });
});

describe("the response of a function to an event of Kafka", () => {
  const records = [record(5), record(6)];
  const read = (payload: unknown, partial = true) =>
    readKafkaResponse({ kind: "ok", payload }, partial, records);
  const named = (partition: unknown, offset: unknown) => ({
    batchItemFailures: [{ itemIdentifier: { partition, offset } }],
  });

  it.each([
    ["null", null],
    ["an object without a list", {}],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("is a success for %s", (_name, payload) => {
    expect(read(payload)).toEqual({ kind: "success" });
  });

  it.each([
    ["text", "t"],
    ["an object for the list", { batchItemFailures: {} }],
    ["an identifier as text", { batchItemFailures: [{ itemIdentifier: "5" }] }],
    ["an offset as text", named("t-0", "5")],
    ["a partition as a number", named(0, 5)],
    ["an offset of another event", named("t-0", 7)],
    ["another topic", named("u-0", 5)],
  ])("is a failure of the whole event for %s", (_name, payload) => {
    expect(read(payload).kind).toBe("all");
  });

  it("has a lowest failed offset, in any order of its failures", () => {
    const failure = (offset: number) => ({ itemIdentifier: { partition: "t-0", offset } });

    const verdict = read({ batchItemFailures: [failure(6), failure(5)] });

    expect(verdict).toEqual({ kind: "failed", lowest: new Map([["t-0", 5n]]) });
  });

  it("is always a success for a mapping without ReportBatchItemFailures", () => {
    expect(read(named("t-0", 5), false)).toEqual({ kind: "success" });
  });
});
