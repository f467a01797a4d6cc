import {
  batches,
  bodiesOf,
  deliver,
  deliveries,
  emptied,
  type QueueCase,
  succeed,
  until,
} from "./queue-case.ts";
import type { QueueRig } from "./target.ts";

const QUEUES = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html";
const BATCHING = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html";
const PARAMETERS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html";
const SCALING = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";

const MEGABYTE = 1024 * 1024;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);
const sizes = (rig: QueueRig): readonly number[] => batches(rig).map((batch) => batch.length);
const heaviest = ({ invocations }: QueueRig): number => Math.max(...invocations.map(({ bytes }) => bytes));

/** Every message once, in events that Lambda accepts. */
const intact = (rig: QueueRig) => ({
  within6Mb: heaviest(rig) <= 6 * MEGABYTE,
  messages: batches(rig).flat().length,
  each: new Set(Object.values(deliveries(rig))),
  severalInOne: Math.max(...sizes(rig)) > 1,
});

/** Contents and concurrency of batches. */
export const BATCH_CASES: readonly QueueCase[] = [
  {
    rule: "batch: it has at most BatchSize messages",
    source: PARAMETERS,
    setup: { batchSize: 4, maximumConcurrency: 2, visibilitySeconds: 30 },
    drive: deliver(...numbered(10)),
    // Two concurrent invocations can arrive in either order.
    seen: (rig) => sizes(rig).toSorted(),
    expected: [2, 4, 4],
  },
  {
    rule: "batch: without a window it holds the messages of one receive, at once",
    source: BATCHING,
    setup: { visibilitySeconds: 30 },
    drive: async (rig) => {
      await rig.start();
      await rig.send(["a"]);
      await emptied(rig);
    },
    seen: batches,
    expected: [["a"]],
  },
  {
    rule: "batch: above 10 it holds the messages of several receives",
    source: PARAMETERS,
    // Full before the window ends, however slow the machine is.
    setup: { batchSize: 23, windowSeconds: 300, visibilitySeconds: 30 },
    drive: deliver(...numbered(23)),
    seen: sizes,
    expected: [23],
  },
  {
    rule: "window: messages before its end join the batch",
    source: BATCHING,
    setup: { windowSeconds: 5, visibilitySeconds: 30 },
    drive: async (rig) => {
      await rig.start();
      await rig.send(["a"]);
      await until(async () => (await rig.depth()).inFlight === 1);
      await rig.send(["b"]);
      await emptied(rig);
    },
    seen: batches,
    expected: [["a", "b"]],
  },
  {
    rule: "window: a full batch does not wait for its end",
    source: BATCHING,
    setup: { windowSeconds: 300, visibilitySeconds: 30 },
    drive: deliver(...numbered(10)),
    seen: sizes,
    expected: [10],
  },
  {
    rule: "window: a batch that has reached 6 MB does not wait for its end",
    source: BATCHING,
    setup: { windowSeconds: 300, visibilitySeconds: 30, batchSize: 100 },
    drive: async (rig) => {
      await rig.send(Array.from({ length: 7 }, (_, index) => `${index}`.repeat(MEGABYTE - 4096)));
      await rig.start();
      await until(() => batches(rig).flat().length === 7);
    },
    seen: (rig) => ({ within6Mb: heaviest(rig) <= 6 * MEGABYTE, most: Math.max(...sizes(rig)) }),
    expected: { within6Mb: true, most: 6 },
  },
  {
    rule: "size: an event has at most 6 MB",
    source: QUOTAS,
    setup: { visibilitySeconds: 30 },
    drive: deliver(...Array.from({ length: 8 }, (_, index) => `${index}`.repeat(MEGABYTE - 4096))),
    seen: intact,
    expected: { within6Mb: true, messages: 8, each: new Set([1]), severalInOne: true },
  },
  {
    rule: "size: the 6 MB are bytes of JSON, where a quotation mark has two",
    source: QUOTAS,
    setup: { visibilitySeconds: 30 },
    drive: deliver(...Array.from({ length: 5 }, (_, index) => `${index}${'"'.repeat(MEGABYTE - 4096)}`)),
    seen: intact,
    expected: { within6Mb: true, messages: 5, each: new Set([1]), severalInOne: true },
  },
  {
    rule: "concurrency: exactly MaximumConcurrency functions run under load",
    source: SCALING,
    setup: { batchSize: 1, maximumConcurrency: 2, visibilitySeconds: 30 },
    script:
      (rig) =>
      async ({ number }) => {
        // The first two wait for each other, which needs two concurrent invocations.
        if (number <= 2) await until(() => rig.invocations.length >= 2);
        return succeed;
      },
    drive: deliver(...numbered(8)),
    seen: (rig) => ({
      most: Math.max(...rig.invocations.map(({ running }) => running)),
      deliveries: rig.invocations.length,
    }),
    expected: { most: 2, deliveries: 8 },
  },
  {
    rule: "FIFO: messages of a group are delivered in order, one batch at a time",
    source: SCALING,
    setup: { fifo: true, visibilitySeconds: 30 },
    drive: async (rig) => {
      for (const body of ["1", "2", "3"]) {
        await rig.send([`x${body}`], "x");
        await rig.send([`y${body}`], "y");
      }
      await rig.start();
      await emptied(rig);
    },
    seen: (rig) => ["x", "y"].map((group) => rig.invocations.flatMap(bodiesOf).filter((b) => b[0] === group)),
    expected: [
      ["x1", "x2", "x3"],
      ["y1", "y2", "y3"],
    ],
  },
  {
    rule: "FIFO: a failed message blocks its group only",
    source: SCALING,
    setup: { fifo: true, visibilitySeconds: 5 },
    script: () => (invocation) => {
      const [first] = invocation.records;
      const isFirstX1 = first?.body === "x1" && first.attributes.ApproximateReceiveCount === "1";
      return isFirstX1 ? { kind: "throw" } : succeed;
    },
    drive: async (rig) => {
      await rig.send(["x1", "x2"], "x");
      await rig.start({ batchSize: 1 });
      await rig.send(["y1"], "y");
      await emptied(rig);
    },
    seen: (rig) => ({
      x: rig.invocations.flatMap(bodiesOf).filter((body) => body.startsWith("x")),
      yBeforeX1CameAgain: rig.invocations.flatMap(bodiesOf).indexOf("y1") < 2,
    }),
    expected: { x: ["x1", "x1", "x2"], yBeforeX1CameAgain: true },
  },
  {
    rule: "FIFO: a batch can hold several messages of one group",
    source: QUEUES,
    setup: { fifo: true, visibilitySeconds: 30 },
    drive: async (rig) => {
      await rig.send(["x1", "x2", "x3"], "x");
      await rig.start();
      await emptied(rig);
    },
    seen: batches,
    expected: [["x1", "x2", "x3"]],
  },
];
