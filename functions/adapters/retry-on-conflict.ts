import type { Clock } from "../middleware/clock.ts";

const CONFLICTS: ReadonlySet<unknown> = new Set([
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
  "ThrottlingError",
  "ThrottlingException",
  "ProvisionedThroughputExceeded",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
]);

/** Whether the same write may succeed in a moment, by the name of an error or the code of a cancellation reason. */
export function isTransient(code: unknown): boolean {
  return CONFLICTS.has(code);
}

/**
 * Retries a write that conflicts with another transaction, with full jitter, until `deadline` (milliseconds since the
 * epoch); then the last error is thrown. The SDK retries neither a conflict nor a cancelled transaction.
 */
export async function retryOnConflict<T>(
  clock: Clock,
  deadline: number,
  write: () => Promise<T>,
  isRetryable: (error: unknown) => boolean = (error) => isTransient((error as Error | undefined)?.name),
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const delayMs = conflictDelayMs(attempt, clock.random());
      if (!isRetryable(error) || clock.now() + delayMs >= deadline) throw error;
      await clock.sleep(delayMs);
    }
  }
}

/** Milliseconds before the next attempt. */
export function conflictDelayMs(attempt: number, random: number): number {
  return random * Math.min(320, 20 * 2 ** attempt);
}
