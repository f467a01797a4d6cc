import type { DynamoDBRecord } from "aws-lambda";
import type { FunctionHost, InvokeResult } from "../../../lib/emulator/types.ts";

export const NOW_SECONDS = 1_800_000_000;

/** A stream record with the fields of a test. */
export const record = (sequenceNumber: number, createdAtSeconds = NOW_SECONDS): DynamoDBRecord => ({
  eventID: String(sequenceNumber),
  eventName: "INSERT",
  eventSource: "aws:dynamodb",
  dynamodb: {
    Keys: { id: { S: `o${sequenceNumber}` } },
    SequenceNumber: String(sequenceNumber),
    ApproximateCreationDateTime: createdAtSeconds,
  },
});

export const sequence = (...numbers: number[]): DynamoDBRecord[] => numbers.map((number) => record(number));

export interface StreamHost extends FunctionHost {
  /** The sequence numbers of each invocation, e.g. `1,2,3`. */
  readonly invocations: string[];
}

/** A host with a function over the sequence numbers of its batch. */
export const streamHost = (
  answer: (sequenceNumbers: readonly string[]) => InvokeResult | Promise<InvokeResult>,
): StreamHost => {
  const invocations: string[] = [];
  return {
    invocations,
    invoke: async (_name, event) => {
      const { Records } = event as { readonly Records: readonly DynamoDBRecord[] };
      const numbers = Records.map((each) => each.dynamodb?.SequenceNumber ?? "");
      invocations.push(numbers.join());
      return answer(numbers);
    },
    close: async () => {},
  };
};

export const done: InvokeResult = { kind: "ok", payload: { batchItemFailures: [] } };

export const failedAt = (...identifiers: readonly (string | number)[]): InvokeResult => ({
  kind: "ok",
  payload: { batchItemFailures: identifiers.map((each) => ({ itemIdentifier: String(each) })) },
});

export const threw: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "no" };
