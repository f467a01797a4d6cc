import { describeFailure } from "../../event-sources/batch-response.ts";
import type { InvokeResult } from "../../types.ts";
import { type KafkaRecord, partitionName } from "./kafka-event.ts";

/** The failed records of a response. `all` means that the whole event counts as failed. */
export type KafkaVerdict =
  | { readonly kind: "success" }
  /** The lowest failed offset of each partition with a failure, by `<topic>-<partition>`. */
  | { readonly kind: "failed"; readonly lowest: ReadonlyMap<string, bigint> }
  | { readonly kind: "all"; readonly why: string };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads `{batchItemFailures: [{itemIdentifier: {partition: "<topic>-<n>", offset}}]}` by Lambda's rules: an empty or
 * null list is success; an identifier outside the event makes the whole event failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export const readKafkaResponse = (
  result: InvokeResult,
  reportBatchItemFailures: boolean,
  records: readonly KafkaRecord[],
): KafkaVerdict => {
  if (result.kind !== "ok") return { kind: "all", why: describeFailure(result) };
  const { payload } = result;
  if (!reportBatchItemFailures || payload === null) return { kind: "success" };
  if (!isObject(payload)) return { kind: "all", why: "the response is not an object" };
  const failures = payload["batchItemFailures"];
  if (failures === undefined || failures === null) return { kind: "success" };
  if (!Array.isArray(failures)) return { kind: "all", why: "batchItemFailures is not a list" };
  const known = new Set(records.map((one) => `${partitionName(one.topic, one.partition)}@${one.offset}`));
  const lowest = new Map<string, bigint>();
  for (const failure of failures as readonly unknown[]) {
    const identifier = isObject(failure) ? failure["itemIdentifier"] : undefined;
    const { partition, offset } = isObject(identifier) ? identifier : {};
    if (typeof partition !== "string" || typeof offset !== "number" || !known.has(`${partition}@${offset}`)) {
      return { kind: "all", why: `the itemIdentifier ${JSON.stringify(identifier)} is not in this batch` };
    }
    const before = lowest.get(partition);
    if (before === undefined || BigInt(offset) < before) lowest.set(partition, BigInt(offset));
  }
  return lowest.size === 0 ? { kind: "success" } : { kind: "failed", lowest };
};
