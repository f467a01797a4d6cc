import type { ResolvedResource } from "./resolve-assembly.ts";
import { booleanAt, listAt, numberAt } from "./template-values.ts";

/** The batch size and window of an event source mapping, with Lambda's default size. */
export const batching = (properties: ResolvedResource["properties"], path: string, batchSize: number) => ({
  batchSize: numberAt(properties["BatchSize"], `${path}: BatchSize`, batchSize),
  windowSeconds: numberAt(
    properties["MaximumBatchingWindowInSeconds"],
    `${path}: MaximumBatchingWindowInSeconds`,
    0,
  ),
  enabled: booleanAt(properties["Enabled"], `${path}: Enabled`, true),
  reportBatchItemFailures: listAt(
    properties["FunctionResponseTypes"],
    `${path}: FunctionResponseTypes`,
  ).includes("ReportBatchItemFailures"),
});
