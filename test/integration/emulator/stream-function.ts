import type { DynamoDBRecord } from "aws-lambda";
import type { StreamMappingSpec } from "../../../lib/emulator/assembly/model.ts";
import {
  type StreamMappingOptions,
  startStreamMapping,
} from "../../../lib/emulator/event-sources/stream-event-source.ts";
import { createMappings } from "../../../lib/emulator/event-sources/switchable-mappings.ts";
import type { InvokeResult, LogLine, RunningMapping } from "../../../lib/emulator/types.ts";
import { streamMappingSpec } from "../../fixtures/mapping-specs.ts";
import type { TableEmulator } from "./table-emulator.ts";

/** A mapping of the table's stream with a function of the test. */
export interface StreamFunction extends RunningMapping {
  /** The record ids of each invocation. */
  readonly batches: readonly (readonly string[])[];
  readonly records: readonly DynamoDBRecord[];
  readonly lines: readonly LogLine[];
}

export const done: InvokeResult = { kind: "ok", payload: { batchItemFailures: [] } };
export const threw: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "no" };

export const mapStream = (
  table: TableEmulator,
  answer: (ids: readonly string[]) => InvokeResult | Promise<InvokeResult>,
  changes: Partial<StreamMappingSpec> = {},
  options: Partial<StreamMappingOptions> = {},
): StreamFunction => {
  const batches: string[][] = [];
  const records: DynamoDBRecord[] = [];
  const lines: LogLine[] = [];
  const spec = streamMappingSpec({
    streamArn: table.streamArn,
    bisect: true,
    maximumRetryAttempts: 1,
    ...changes,
  });
  const started: StreamMappingOptions = {
    spec,
    region: "eu-central-1",
    functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:app-publish-events",
    endpoint: table.endpoint,
    s3Endpoint: "http://127.0.0.1:1",
    onLine: (line) => lines.push(line),
    host: {
      invoke: async (_name, event) => {
        const { Records } = event as { readonly Records: readonly DynamoDBRecord[] };
        const ids = Records.map(({ dynamodb }) => dynamodb?.Keys?.["id"]?.S ?? "");
        records.push(...Records);
        batches.push(ids);
        return answer(ids);
      },
      close: async () => {},
    },
    ...options,
  };
  const mappings = createMappings({ clock: Date });
  mappings.add(spec, () => startStreamMapping(started));
  const { stop } = mappings;
  return { stop, batches, records, lines };
};
