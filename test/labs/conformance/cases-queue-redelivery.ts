import {
  acting,
  batches,
  bodiesOf,
  deliver,
  deliveries,
  emptied,
  failing,
  type QueueCase,
  receiveCounts,
  succeed,
  until,
} from "./queue-case.ts";
import type { QueueRig } from "./target.ts";

const QUEUES = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html";
const CONFIGURE = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const ERRORS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";
const VISIBILITY =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html";
const DEAD_LETTERS =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

/** Milliseconds between two deliveries of one body. */
const gapOf = ({ invocations }: QueueRig, body: string): number => {
  const [first, second] = invocations.filter((invocation) => bodiesOf(invocation).includes(body));
  return (second?.at ?? Number.NaN) - (first?.at ?? Number.NaN);
};

/** Whole seconds, against differences of a busy machine. */
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Redelivery of messages. */
export const REDELIVERY_CASES: readonly QueueCase[] = [
  {
    rule: "visibility: a batch is hidden while the function runs",
    source: QUEUES,
    setup: { visibilitySeconds: 10 },
    script: (rig) => async () => {
      const depth = await rig.depth();
      return depth.waiting === 0 && depth.inFlight === 2 ? succeed : { kind: "throw" };
    },
    drive: deliver("a", "b"),
    seen: batches,
    expected: [["a", "b"]],
  },
  {
    rule: "visibility: a failed message is redelivered at its end, not before",
    source: QUEUES,
    setup: { visibilitySeconds: 4 },
    script: () => acting({ kind: "throw" }),
    drive: deliver("a"),
    seen: (rig) => seconds(gapOf(rig, "a")) >= 1,
    expected: true,
  },
  {
    rule: "visibility: succeeded messages are deleted before the rest is redelivered",
    source: ERRORS,
    script: (rig) => async (invocation) => {
      if (invocation.number === 1) return failing("b")(invocation);
      const { waiting, inFlight } = await rig.depth();
      return waiting + inFlight === 1 ? succeed : { kind: "throw" };
    },
    drive: deliver("a", "b", "c"),
    seen: batches,
    expected: [["a", "b", "c"], ["b"]],
  },
  {
    rule: "visibility: the function can shorten it for a failed message",
    source: VISIBILITY,
    setup: { visibilitySeconds: 30 },
    script: (rig) => async (invocation) => {
      const [record] = invocation.records;
      if (invocation.number > 1 || record === undefined) return succeed;
      await rig.changeVisibility(record, 0);
      return failing("a")(invocation);
    },
    drive: deliver("a"),
    seen: (rig) => ({ deliveries: deliveries(rig), soon: gapOf(rig, "a") < 20_000 }),
    expected: { deliveries: { a: 2 }, soon: true },
  },
  {
    rule: "visibility: the function can extend it for a failed message",
    source: VISIBILITY,
    script: (rig) => async (invocation) => {
      const [record] = invocation.records;
      if (invocation.number > 1 || record === undefined) return succeed;
      await rig.changeVisibility(record, 4);
      return failing("a")(invocation);
    },
    drive: deliver("a"),
    seen: (rig) => seconds(gapOf(rig, "a")) >= 3,
    expected: true,
  },
  {
    rule: "visibility: a message is redelivered where its function runs longer",
    source: VISIBILITY,
    setup: { visibilitySeconds: 3 },
    script:
      (rig) =>
      async ({ number }) => {
        if (number === 1) await until(() => rig.invocations.length === 2);
        return succeed;
      },
    drive: deliver("a"),
    seen: (rig) => ({ batches: batches(rig), counts: receiveCounts(rig) }),
    expected: { batches: [["a"], ["a"]], counts: ["1", "2"] },
  },
  {
    rule: "receives: the event has their count",
    source: QUEUES,
    script: () => acting({ kind: "throw" }, { kind: "throw" }),
    drive: deliver("a"),
    seen: receiveCounts,
    expected: ["1", "2", "3"],
  },
  {
    rule: "redrive: after maxReceiveCount receives the queue moves a message to its dead-letter queue",
    source: DEAD_LETTERS,
    setup: { maxReceiveCount: 2 },
    script: () => failing("poison"),
    drive: async (rig) => {
      await deliver("poison", "good")(rig);
      await until(async () => (await rig.dead()).length > 0);
    },
    seen: async (rig) => ({ deliveries: deliveries(rig), dead: await rig.dead() }),
    expected: { deliveries: { poison: 2, good: 1 }, dead: ["poison"] },
  },
  {
    rule: "throttle: the message stays, and its receive counts",
    source: CONFIGURE,
    setup: { functionConcurrency: 1, batchSize: 1, maximumConcurrency: 2 },
    // The first invocation occupies the only instance until the other message was received twice.
    script:
      (rig) =>
      async ({ number }) => {
        if (number === 1) await until(async () => (await rig.depth()).inFlight === 2);
        if (number === 1) await until(async () => (await rig.depth()).waiting === 1);
        return succeed;
      },
    drive: deliver("a", "b"),
    seen: async (rig) => ({
      delivered: Object.keys(deliveries(rig)).sort(),
      countedMore: Number(receiveCounts(rig).at(-1)) > 1,
      dead: await rig.dead(),
    }),
    expected: { delivered: ["a", "b"], countedMore: true, dead: [] },
  },
  {
    rule: "disabled: a disabled mapping receives nothing",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
    setup: { visibilitySeconds: 30 },
    drive: async (rig) => {
      await rig.start({ enabled: false });
      await rig.send(["a"]);
      await rig.start();
      await emptied(rig);
    },
    seen: receiveCounts,
    expected: ["1"],
  },
];
