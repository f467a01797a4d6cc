import { describe, expect, test } from "vitest";
import type { StreamMappingSpec } from "../../../lib/emulator/assembly/model.ts";
import type { LoopWaits } from "../../../lib/emulator/event-sources/loop-waits.ts";
import {
  deliverBatch,
  type GiveUp,
  sequenceNumberOf,
} from "../../../lib/emulator/event-sources/stream-batch.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { streamMappingSpec } from "../../fixtures/mapping-specs.ts";
import { done, failedAt, NOW_SECONDS, record, sequence, streamHost, threw } from "./records.ts";

/** Waits without duration, counted. */
const instantWaits = () => {
  const waitedMs: number[] = [];
  let stopped = false;
  const waits: LoopWaits = {
    wait: async (ms) => {
      waitedMs.push(ms);
    },
    idle: async () => {},
    wake: () => {},
    stop: () => {
      stopped = true;
    },
    get stopped() {
      return stopped;
    },
  };
  return { waits, waitedMs };
};

const deliver = async (
  records: Parameters<typeof deliverBatch>[0],
  answer: (numbers: readonly string[], stop: () => void) => InvokeResult,
  changes: Partial<StreamMappingSpec> = {},
) => {
  const { waits, waitedMs } = instantWaits();
  const host = streamHost((numbers) => answer(numbers, waits.stop));
  const checkpointed: string[] = [];
  const givenUp: (Omit<GiveUp, "records"> & { readonly records: string })[] = [];
  const complete = await deliverBatch(records, {
    spec: streamMappingSpec(changes),
    host,
    waits,
    clock: { now: () => NOW_SECONDS * 1000 },
    checkpoint: (each) => checkpointed.push(sequenceNumberOf(each)),
    giveUp: async (what) => {
      givenUp.push({ ...what, records: what.records.map(sequenceNumberOf).join() });
      return true;
    },
    log: () => {},
  });
  return { complete, invocations: host.invocations, checkpointed, givenUp, waitedMs };
};

/** Fails the first `times` calls. */
const failing = (times: number, result: InvokeResult) => {
  let left = times;
  return () => (left-- > 0 ? result : done);
};

// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
describe("a batch of a stream", () => {
  test("that succeeds is delivered once and checkpointed at its end", async () => {
    const { invocations, checkpointed, complete } = await deliver(sequence(1, 2, 3), () => done);

    expect(invocations).toEqual(["1,2,3"]);
    expect(checkpointed).toEqual(["3"]);
    expect(complete).toBe(true);
  });

  test("with reported failures is retried from the lowest one", async () => {
    let first = true;
    const { invocations, checkpointed } = await deliver(sequence(1, 2, 3, 4), () => {
      const result = first ? failedAt(4, 2) : done;
      first = false;
      return result;
    });

    expect(invocations).toEqual(["1,2,3,4", "2,3,4"]);
    expect(checkpointed).toEqual(["1", "4"]);
  });

  test("with a foreign identifier is retried as a whole", async () => {
    const { invocations } = await deliver(sequence(1, 2), failing(1, failedAt(9)));

    expect(invocations).toEqual(["1,2", "1,2"]);
  });

  test("that throws is retried up to the limit of the mapping, with growing pauses, then given up", async () => {
    const { invocations, givenUp, checkpointed, waitedMs } = await deliver(sequence(1, 2), () => threw);

    expect(invocations).toEqual(["1,2", "1,2", "1,2"]);
    expect(givenUp).toEqual([
      { records: "1,2", condition: "RetryAttemptsExhausted", invokeCount: 3, lastResult: threw },
    ]);
    expect(checkpointed).toEqual(["2"]);
    expect(waitedMs).toEqual([100, 200]);
  });

  test("whose function reports the same failure each time is given up from that record", async () => {
    const { givenUp, checkpointed } = await deliver(sequence(1, 2, 3), (numbers) =>
      numbers.includes("2") ? failedAt(2) : done,
    );

    expect(givenUp.map(({ records }) => records)).toEqual(["2,3"]);
    expect(checkpointed).toEqual(["1", "3"]);
  });

  test("is retried without limit where the attempts are -1", async () => {
    const { invocations, givenUp } = await deliver(sequence(1), failing(50, threw), {
      maximumRetryAttempts: -1,
    });

    expect(invocations).toHaveLength(51);
    expect(givenUp).toEqual([]);
  });

  test("that is throttled consumes no retries", async () => {
    const { invocations, givenUp } = await deliver(sequence(1), failing(10, { kind: "throttled" }), {
      bisect: true,
      maximumRetryAttempts: 0,
    });

    expect(invocations).toHaveLength(11);
    expect(givenUp).toEqual([]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
describe("bisect", () => {
  test.each<[string, InvokeResult]>([
    ["throws", threw],
    ["times out", { kind: "timeout" }],
    ["crashes", { kind: "crashed", detail: "signal SIGKILL" }],
  ])("halves a batch whose function %s, in order, until the poison is alone", async (_name, result) => {
    const { invocations, givenUp, checkpointed } = await deliver(
      sequence(1, 2, 3, 4),
      (numbers) => (numbers.includes("3") ? result : done),
      { bisect: true, maximumRetryAttempts: 1 },
    );

    expect(invocations).toEqual(["1,2,3,4", "1,2", "3,4", "3", "3", "4"]);
    expect(givenUp.map(({ records }) => records)).toEqual(["3"]);
    expect(checkpointed).toEqual(["2", "3", "4"]);
  });

  test("does not consume retries", async () => {
    const { invocations, givenUp } = await deliver(
      sequence(1, 2, 3, 4),
      (numbers) => (numbers.length > 1 ? threw : done),
      { bisect: true, maximumRetryAttempts: 0 },
    );

    expect(invocations).toEqual(["1,2,3,4", "1,2", "1", "2", "3,4", "3", "4"]);
    expect(givenUp).toEqual([]);
  });

  test("splits at the reported failure, without consuming retries", async () => {
    const { invocations, givenUp } = await deliver(
      sequence(1, 2, 3),
      (numbers) => (numbers[0] === "3" ? done : failedAt(Number(numbers[0]) + 1)),
      { bisect: true, maximumRetryAttempts: 0 },
    );

    expect(invocations).toEqual(["1,2,3", "2,3", "3"]);
    expect(givenUp).toEqual([]);
  });
});

describe("the age of records", () => {
  const old = record(1, NOW_SECONDS - 3601);
  const atTheLimit = record(2, NOW_SECONDS - 3600);

  test("above the mapping's limit gives up only those, without an invocation", async () => {
    const { invocations, givenUp, checkpointed } = await deliver([old, atTheLimit, record(3)], () => done);

    expect(givenUp).toEqual([
      { records: "1", condition: "RecordAgeExceeded", invokeCount: 0, lastResult: undefined },
    ]);
    expect(invocations).toEqual(["2,3"]);
    expect(checkpointed).toEqual(["1", "3"]);
  });

  test("is ignored where the limit is -1", async () => {
    const { invocations } = await deliver([old], () => done, { maximumRecordAgeSeconds: -1 });

    expect(invocations).toEqual(["1"]);
  });
});

test("a stop while a batch fails leaves it unfinished for redelivery", async () => {
  const { complete, checkpointed, invocations } = await deliver(sequence(1, 2), (_numbers, stop) => {
    stop();
    return threw;
  });

  expect(invocations).toEqual(["1,2"]);
  expect(complete).toBe(false);
  expect(checkpointed).toEqual([]);
});

test("a stop while a batch succeeds still writes its checkpoint", async () => {
  const { complete, checkpointed } = await deliver(sequence(1, 2), (_numbers, stop) => {
    stop();
    return done;
  });

  expect(complete).toBe(true);
  expect(checkpointed).toEqual(["2"]);
});
