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
import type { StreamRig } from "./target.ts";

const STREAMS = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html";
const PARAMETERS = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html";
const BATCHING = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html";
const QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const TABLE_STREAMS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html";

const MEGABYTE = 1024 * 1024;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `o${index}`);
const sizes = (rig: StreamRig): readonly number[] => streamBatches(rig).map((batch) => batch.length);

/** The values of each item in the order of their first delivery. */
const valuesById = (rig: StreamRig): Readonly<Record<string, readonly string[]>> => {
  const values: Record<string, string[]> = {};
  for (const record of rig.invocations.flatMap(({ records }) => records)) {
    const value = record.dynamodb?.NewImage?.["value"]?.S ?? "";
    const id = idOf(record);
    const earlier = values[id] ?? [];
    if (!earlier.includes(value)) values[id] = [...earlier, value];
  }
  return values;
};

/** Starting position, order and batches of a stream. */
export const STREAM_READING_CASES: readonly StreamCase[] = [
  {
    rule: "start: at TRIM_HORIZON earlier writes are read",
    source: STREAMS,
    drive: stream(["a", "b"], 1),
    seen: streamBatches,
    expected: [["a", "b"]],
  },
  {
    rule: "start: at LATEST earlier writes are not read",
    source: STREAMS,
    setup: { startingPosition: "LATEST" },
    drive: async (rig) => {
      await rig.put("before");
      await rig.start();
      // The mapping does not report when it is at the end of the stream.
      await until(async () => {
        await rig.put(`after${Date.now()}`);
        return rig.invocations.length > 0;
      });
    },
    seen: (rig) => streamBatches(rig).flat().includes("before"),
    expected: false,
  },
  {
    rule: "start: a restart continues after the last checkpoint",
    source: STREAMS,
    drive: async (rig) => {
      await rig.put("a");
      await rig.start();
      await until(() => rig.invocations.length === 1);
      await rig.stop();
      await rig.put("b");
      await rig.start();
      await finishedAfter(rig, 2);
    },
    seen: streamBatches,
    expected: [["a"], ["b"]],
  },
  {
    rule: "start: an unfinished batch is redelivered after a restart, without records reported as successful",
    source: STREAMS,
    script: () => (invocation) => (invocation.number === 1 ? failingIds("b")(invocation) : { kind: "throw" }),
    drive: async (rig) => {
      for (const id of ["a", "b", "c"]) await rig.put(id);
      await rig.start();
      await until(() => rig.invocations.length === 2);
      await rig.stop();
      const before = rig.invocations.length;
      await rig.start();
      await until(() => rig.invocations.length > before);
    },
    seen: (rig) => [streamBatches(rig)[0], streamBatches(rig).at(-1)],
    expected: [
      ["a", "b", "c"],
      ["b", "c"],
    ],
  },
  {
    rule: "order: the values of an item keep the order of its writes, also after failures",
    source: STREAMS,
    setup: { batchSize: 3 },
    // Every other invocation reports its last record.
    script: () => (invocation) => {
      const last = idsOf(invocation).at(-1);
      return invocation.number % 2 === 1 && last !== undefined ? failingIds(last)(invocation) : succeed;
    },
    drive: async (rig) => {
      for (const value of ["1", "2", "3"]) for (const id of ["a", "b"]) await rig.put(id, value);
      await rig.start();
      await until(() => Object.values(valuesById(rig)).flat().length === 6);
    },
    seen: valuesById,
    expected: { a: ["1", "2", "3"], b: ["1", "2", "3"] },
  },
  {
    rule: "concurrency: a shard has one invocation at a time where ParallelizationFactor is 1",
    source: PARAMETERS,
    setup: { batchSize: 1 },
    drive: stream(numbered(6), 6),
    seen: (rig) => Math.max(...rig.invocations.map(({ running }) => running)),
    expected: 1,
  },
  {
    rule: "concurrency: exactly ParallelizationFactor functions run for a shard, and an item keeps its order",
    source: STREAMS,
    setup: { batchSize: 2, parallelism: 2 },
    script:
      (rig) =>
      async ({ number }) => {
        // The first two wait for each other, which needs two concurrent invocations.
        if (number <= 2) await until(() => rig.invocations.length >= 2);
        return succeed;
      },
    drive: async (rig) => {
      for (const value of ["1", "2", "3"]) for (const id of numbered(8)) await rig.put(id, value);
      await rig.start();
      await until(() => Object.values(valuesById(rig)).flat().length === 24);
    },
    seen: (rig) => [Math.max(...rig.invocations.map(({ running }) => running)), valuesById(rig)],
    expected: [2, Object.fromEntries(numbered(8).map((id) => [id, ["1", "2", "3"]]))],
  },
  {
    rule: "batch: it has at most BatchSize records",
    source: PARAMETERS,
    setup: { batchSize: 4 },
    drive: stream(numbered(10), 3),
    seen: sizes,
    expected: [4, 4, 2],
  },
  {
    rule: "stream window: records before its end join the batch",
    source: BATCHING,
    setup: { windowSeconds: 5 },
    drive: async (rig) => {
      await rig.put("a");
      await rig.start();
      await rig.put("b");
      await until(() => rig.invocations.length > 0);
    },
    seen: streamBatches,
    expected: [["a", "b"]],
  },
  {
    rule: "stream window: a full batch does not wait for its end",
    source: BATCHING,
    setup: { windowSeconds: 300, batchSize: 2 },
    drive: async (rig) => {
      for (const id of ["a", "b"]) await rig.put(id);
      await rig.start();
      await until(() => rig.invocations.length > 0);
    },
    seen: streamBatches,
    expected: [["a", "b"]],
  },
  {
    rule: "size: an event of a stream has at most 6 MB",
    source: QUOTAS,
    setup: { batchSize: 100 },
    drive: async (rig) => {
      // A quotation mark has two bytes of JSON; an item can have 400 KB.
      for (const id of numbered(12)) await rig.put(id, '"'.repeat(380 * 1024));
      await rig.start();
      await finishedAfter(rig, 2);
    },
    seen: (rig) => ({
      within6Mb: Math.max(...rig.invocations.map(({ bytes }) => bytes)) <= 6 * MEGABYTE,
      ids: streamBatches(rig).flat(),
      severalInOne: Math.max(...sizes(rig)) > 1,
    }),
    expected: { within6Mb: true, ids: numbered(12), severalInOne: true },
  },
  {
    rule: "record: a write without a change has none",
    source: TABLE_STREAMS,
    drive: async (rig) => {
      await rig.put("a", "1");
      await rig.put("a", "1");
      await rig.put("a", "2");
      await rig.start();
      await finishedAfter(rig, 1);
    },
    seen: streamBatches,
    expected: [["a", "a"]],
  },
  {
    rule: "disabled: a disabled mapping reads nothing",
    source: PARAMETERS,
    drive: async (rig) => {
      await rig.start({ enabled: false });
      await rig.put("a");
      await rig.start();
      await finishedAfter(rig, 1);
    },
    seen: streamBatches,
    expected: [["a"]],
  },
];
