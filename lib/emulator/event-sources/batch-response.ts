import type { InvokeResult } from "../types.ts";

/** The failed records of a response. `all` means that the whole batch counts as failed, with the reason. */
export type BatchVerdict =
  | { readonly kind: "success" }
  | { readonly kind: "failed"; readonly identifiers: ReadonlySet<string> }
  | { readonly kind: "all"; readonly why: string };

interface Response {
  readonly batchItemFailures?: unknown;
  readonly itemIdentifier?: unknown;
}

const isObject = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads `{batchItemFailures: [{itemIdentifier}]}` by Lambda's rules.
 *
 * - Complete success: an empty or null list, a response without one, a null response.
 * - Complete failure: an invalid response, an empty or null identifier, a wrong key, an identifier outside the batch,
 *   an invocation without a response.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const readBatchResponse = (
  result: InvokeResult,
  reportBatchItemFailures: boolean,
  identifiers: ReadonlySet<string>,
): BatchVerdict => {
  if (result.kind !== "ok") return { kind: "all", why: describeFailure(result) };
  const { payload } = result;
  if (!reportBatchItemFailures || payload === null) return { kind: "success" };
  if (!isObject(payload)) return { kind: "all", why: "the response is not an object" };
  const { batchItemFailures } = payload;
  if (batchItemFailures === undefined || batchItemFailures === null) return { kind: "success" };
  if (!Array.isArray(batchItemFailures)) {
    return { kind: "all", why: "batchItemFailures is not a list" };
  }
  const failed = new Set<string>();
  for (const item of batchItemFailures as readonly unknown[]) {
    const identifier = isObject(item) ? item.itemIdentifier : undefined;
    if (typeof identifier !== "string") {
      return { kind: "all", why: "an itemIdentifier is missing or not a string" };
    }
    if (!identifiers.has(identifier)) {
      return { kind: "all", why: `the itemIdentifier '${identifier}' is not in this batch` };
    }
    failed.add(identifier);
  }
  return failed.size === 0 ? { kind: "success" } : { kind: "failed", identifiers: failed };
};

/** A failed invocation in a few words. */
export const describeFailure = (result: Exclude<InvokeResult, { kind: "ok" }>): string => {
  switch (result.kind) {
    case "error":
      return `${result.errorType}: ${result.errorMessage}`;
    case "crashed":
      return result.detail;
    case "timeout":
      return "the function timed out";
    case "throttled":
      return "the function was throttled";
  }
};
