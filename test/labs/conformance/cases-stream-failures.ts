import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { succeed, until } from "./queue-case.ts";
import {
  failingIds,
  finishedAfter,
  idOf,
  idsOf,
  type StreamCase,
  stream,
  streamBatches,
} from "./stream-case.ts";
import type { Script, StreamRig } from "./target.ts";

const ERRORS = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html";
const RESPONSES = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html";
const PARAMETERS = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html";

const throwingAt = (id: string) => (): Script<DynamoDBRecord> => (invocation) =>
  idsOf(invocation).includes(id) ? { kind: "throw" } : succeed;

interface Destined {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly DDBStreamBatchInfo: { readonly batchSize: number };
  readonly payload: string;
}

/** The fields of the destination's objects that are the same in each run. */
const givenUp = async (rig: StreamRig) =>
  (await rig.givenUp()).map((object) => {
    const { requestContext, DDBStreamBatchInfo, payload } = object as unknown as Destined;
    const { Records } = JSON.parse(payload) as DynamoDBStreamEvent;
    const { condition, approximateInvokeCount } = requestContext;
    const { batchSize } = DDBStreamBatchInfo;
    return { condition, approximateInvokeCount, batchSize, ids: Records.map(idOf) };
  });

/** Failures of a stream, and their destination. */
export const STREAM_FAILURE_CASES: readonly StreamCase[] = [
  {
    rule: "retries: after MaximumRetryAttempts a batch is discarded, and the shard continues",
    source: PARAMETERS,
    setup: { maximumRetryAttempts: 2, batchSize: 2 },
    script: throwingAt("a"),
    drive: stream(["a", "b", "c"], 4),
    seen: streamBatches,
    expected: [["a", "b"], ["a", "b"], ["a", "b"], ["c"]],
  },
  {
    rule: "retries: with 0 the first failure is the last",
    source: PARAMETERS,
    setup: { maximumRetryAttempts: 0, batchSize: 1 },
    script: throwingAt("a"),
    drive: stream(["a", "b"], 2),
    seen: streamBatches,
    expected: [["a"], ["b"]],
  },
  {
    rule: "retries: records reported as successful are not discarded",
    source: RESPONSES,
    setup: { maximumRetryAttempts: 0 },
    script: () => failingIds("b"),
    drive: stream(["a", "b", "c"], 1),
    seen: async (rig) => (await givenUp(rig)).map(({ ids }) => ids),
    expected: [["b", "c"]],
  },
  {
    rule: "retries: a throttled batch is retried without consuming attempts",
    source: ERRORS,
    setup: { maximumRetryAttempts: 0, functionConcurrency: 1, batchSize: 1 },
    // The first invocation is not that of the mapping. It occupies the concurrency until the mapping is throttled.
    script:
      () =>
      async ({ records }) => {
        if (records.length === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
        return succeed;
      },
    drive: async (rig) => {
      const occupied = rig.invoke();
      await until(() => rig.invocations.length === 1);
      await rig.put("a");
      await rig.start();
      await occupied;
      await finishedAfter(rig, 2);
    },
    seen: async (rig) => ({ batches: streamBatches(rig), givenUp: await givenUp(rig) }),
    expected: { batches: [["a"]], givenUp: [] },
  },
  {
    rule: "bisect: a failed batch is halved down to its poison, without consuming retries",
    source: ERRORS,
    setup: { bisect: true, maximumRetryAttempts: 0 },
    script: throwingAt("poison"),
    drive: stream(["a", "b", "poison", "c"], 5),
    seen: async (rig) => ({
      batches: streamBatches(rig),
      givenUp: (await givenUp(rig)).map(({ ids }) => ids),
    }),
    expected: {
      batches: [["a", "b", "poison", "c"], ["a", "b"], ["poison", "c"], ["poison"], ["c"]],
      givenUp: [["poison"]],
    },
  },
  {
    rule: "bisect: an exception halves the batch, with or without ReportBatchItemFailures",
    source: RESPONSES,
    setup: { bisect: true, maximumRetryAttempts: 0, reportBatchItemFailures: false },
    script: throwingAt("b"),
    drive: stream(["a", "b"], 3),
    seen: streamBatches,
    expected: [["a", "b"], ["a"], ["b"]],
  },
  {
    rule: "bisect: a reported failure splits the batch there, and only the rest is retried",
    source: RESPONSES,
    setup: { bisect: true },
    script: () => (invocation) => (invocation.number === 1 ? failingIds("c")(invocation) : succeed),
    drive: stream(["a", "b", "c", "d"], 2),
    seen: streamBatches,
    expected: [
      ["a", "b", "c", "d"],
      ["c", "d"],
    ],
  },
  {
    rule: "age: a record older than MaximumRecordAgeInSeconds is discarded, a younger one is not",
    source: PARAMETERS,
    setup: { maximumRecordAgeSeconds: 2, batchSize: 1 },
    script: throwingAt("old"),
    drive: async (rig) => {
      await rig.put("old");
      await rig.start();
      await until(async () => (await rig.givenUp()).length > 0);
      await rig.put("young");
      await until(() => rig.invocations.some((invocation) => idsOf(invocation).includes("young")));
    },
    seen: async (rig) => (await givenUp(rig)).map(({ condition, ids }) => ({ condition, ids })),
    expected: [{ condition: "RecordAgeExceeded", ids: ["old"] }],
  },
  {
    rule: "destination: a bucket receives the failure details and the records",
    source: ERRORS,
    setup: { maximumRetryAttempts: 1, batchSize: 2 },
    script: throwingAt("a"),
    drive: stream(["a", "b"], 2),
    seen: givenUp,
    expected: [
      {
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 2,
        batchSize: 2,
        ids: ["a", "b"],
      },
    ],
  },
  {
    rule: "destination: its object's name has mapping, shard, day, time and a random part",
    source: ERRORS,
    setup: { maximumRetryAttempts: 0 },
    script: throwingAt("a"),
    drive: stream(["a"], 1),
    seen: async (rig) =>
      (await rig.givenUp()).map(({ key }) =>
        /^aws\/lambda\/[0-9a-f-]{36}\/shardId-[^/]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/.test(
          String(key),
        ),
      ),
    expected: [true],
  },
];
