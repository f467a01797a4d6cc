const CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
]);
const NAMES: ReadonlySet<unknown> = new Set([
  "TimeoutError",
  "ThrottlingException",
  "RequestLimitExceeded",
  "ProvisionedThroughputExceededException",
  "TransactionConflictException",
  "TransactionCanceledException",
]);

/** Whether an error means that a service did not answer, so that the same request may succeed later. Never throws. */
export function isOutage(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { name, code, $metadata } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return NAMES.has(name) || CODES.has(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
