import type { DynamoDBRecord } from "aws-lambda";
import type { Case } from "./case.ts";
import { until } from "./queue-case.ts";
import type { Invocation, Script, StreamRig, StreamSetup } from "./target.ts";

/** A rule of stream mappings. */
export type StreamCase = Case<StreamRig, StreamSetup, DynamoDBRecord>;

/** Written last: a shard is read in order, so all earlier records are finished at its delivery. */
const LAST = "last";

export const idOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.Keys?.["id"]?.S ?? "";
export const idsOf = ({ records }: Invocation<DynamoDBRecord>): readonly string[] => records.map(idOf);

/** The ids of each invocation, without the last record. */
export const streamBatches = ({ invocations }: StreamRig): readonly (readonly string[])[] =>
  invocations
    .map((invocation) => idsOf(invocation).filter((id) => id !== LAST))
    .filter((ids) => ids.length > 0);

/** Waits for this number of invocations, then until all written records are finished. */
export const finishedAfter = async (rig: StreamRig, invocations: number): Promise<void> => {
  await until(() => rig.invocations.length >= invocations);
  await rig.put(LAST);
  await until(() => rig.invocations.some((invocation) => idsOf(invocation).includes(LAST)));
};

/** Writes the items before it starts the mapping, so that the first batch is deterministic. */
export const stream =
  (ids: readonly string[], invocations: number) =>
  async (rig: StreamRig): Promise<void> => {
    for (const id of ids) await rig.put(id);
    await rig.start();
    await finishedAfter(rig, invocations);
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
