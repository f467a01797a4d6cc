import type { DynamoDBRecord } from "aws-lambda";
import { until } from "./queue-case.ts";
import type { Invocation, Script, StreamRig, StreamSetup } from "./target.ts";

/** One rule of the mappings of table streams, and what shows whether it is kept. */
export interface StreamCase {
  /** Unique; names the rule in reports and in a target's departures. */
  readonly rule: string;
  /** Where the rule is written. */
  readonly source: string;
  readonly setup?: Partial<StreamSetup>;
  /** Answers with nothing failed unless given. */
  readonly script?: (rig: StreamRig) => Script<DynamoDBRecord>;
  /** Ends when there is something to see. */
  readonly drive: (rig: StreamRig) => Promise<void>;
  readonly seen: (rig: StreamRig) => unknown;
  readonly expected: unknown;
}

/** Written last: a shard is read in order, so that its delivery shows that all before it is settled. */
const LAST = "last";

export const idOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.Keys?.["id"]?.S ?? "";
export const idsOf = ({ records }: Invocation<DynamoDBRecord>): readonly string[] => records.map(idOf);

/** The ids of each invocation, without the one that ended the case. */
export const streamBatches = ({ invocations }: StreamRig): readonly (readonly string[])[] =>
  invocations
    .map((invocation) => idsOf(invocation).filter((id) => id !== LAST))
    .filter((ids) => ids.length > 0);

/** Waits for so many invocations, then until everything that was written is settled. */
export const settledAfter = async (rig: StreamRig, invocations: number): Promise<void> => {
  await until(() => rig.invocations.length >= invocations);
  await rig.put(LAST);
  await until(() => rig.invocations.some((invocation) => idsOf(invocation).includes(LAST)));
};

/** Writes the items, then starts the mapping, so that the first batch is known. */
export const stream =
  (ids: readonly string[], invocations: number) =>
  async (rig: StreamRig): Promise<void> => {
    for (const id of ids) await rig.put(id);
    await rig.start();
    await settledAfter(rig, invocations);
  };

/** Reports the sequence numbers of these items, in this order. */
export const failingIds =
  (...ids: readonly string[]): Script<DynamoDBRecord> =>
  ({ records }) => ({
    kind: "answer",
    value: {
      batchItemFailures: ids.flatMap((id) =>
        records
          .filter((record) => idOf(record) === id)
          .map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
      ),
    },
  });
