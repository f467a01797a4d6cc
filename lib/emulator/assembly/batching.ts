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

/** Where the mapping of a stream or topic starts, and what it does with a batch that fails. */
export const retrying = (properties: ResolvedResource["properties"], path: string) => ({
  bisect: booleanAt(properties["BisectBatchOnFunctionError"], `${path}: BisectBatchOnFunctionError`, false),
  maximumRetryAttempts: numberAt(properties["MaximumRetryAttempts"], `${path}: MaximumRetryAttempts`, -1),
  maximumRecordAgeSeconds: numberAt(properties["MaximumRecordAgeInSeconds"], `${path}: MaximumRecordAge`, -1),
  startingPosition:
    properties["StartingPosition"] === "LATEST" ? ("LATEST" as const) : ("TRIM_HORIZON" as const),
});
