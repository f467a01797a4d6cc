import type { ResolvedResource } from "./resolve-assembly.ts";
import { booleanAt, listAt, numberAt } from "./template-values.ts";

/** What mappings of every source have, with the batch size that Lambda takes where the template sets none. */
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
