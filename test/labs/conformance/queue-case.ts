import type { SQSRecord } from "aws-lambda";
import type { Case } from "./case.ts";
import type { Act, Invocation, QueueRig, QueueSetup, Script } from "./target.ts";

/** A rule of queue mappings. */
export interface QueueCase extends Omit<Case<QueueRig, QueueSetup, SQSRecord>, "drive"> {
  /** Default: `emptied`. */
  readonly drive?: (rig: QueueRig) => Promise<void>;
}

/** A response that reports these messages or sequence numbers as failed. */
export const items = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

export const succeed: Act = { kind: "answer", value: { batchItemFailures: [] } };

/** Reports the records with these bodies. */
export const failing =
  (...bodies: readonly string[]): Script<SQSRecord> =>
  ({ records }) => ({
    kind: "answer",
    value: {
      batchItemFailures: records
        .filter(({ body }) => bodies.includes(body))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    },
  });

/** One act after the other, then success. */
export const acting =
  (...acts: readonly Act[]): Script<unknown> =>
  ({ number }) =>
    acts[number - 1] ?? succeed;

/** Sends the messages before it starts the mapping, so that the first batch is deterministic; waits until the queue is empty. */
export const deliver =
  (...bodies: readonly string[]) =>
  async (rig: QueueRig): Promise<void> => {
    await rig.send(bodies);
    await rig.start();
    await emptied(rig);
  };

export const emptied = (rig: QueueRig): Promise<void> =>
  until(async () => {
    const { waiting, inFlight } = await rig.depth();
    return waiting + inFlight === 0;
  });

/** Shorter for other targets, whose departures time out. */
const TIMEOUT_MS = process.env["CONFORMANCE_TARGET"] === undefined ? 200_000 : 20_000;

/** Polls until true; rejects at the time-out. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`The condition was not met within ${TIMEOUT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const bodiesOf = ({ records }: Invocation<SQSRecord>): readonly string[] =>
  records.map(({ body }) => body);

/** The bodies of each invocation. */
export const batches = ({ invocations }: QueueRig): readonly (readonly string[])[] =>
  invocations.map(bodiesOf);

/** The first batch, and the later ones: messages are redelivered together or one by one. */
export const firstAndAgain = (rig: QueueRig) => {
  const [first = [], ...later] = batches(rig);
  return { first, again: later.flat().toSorted() };
};

/** Number of deliveries by body. */
export const deliveries = (rig: QueueRig): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const body of batches(rig).flat()) counts[body] = (counts[body] ?? 0) + 1;
  return counts;
};

export const receiveCounts = ({ invocations }: QueueRig): readonly string[] =>
  invocations.flatMap(({ records }) => records.map(({ attributes }) => attributes.ApproximateReceiveCount));
