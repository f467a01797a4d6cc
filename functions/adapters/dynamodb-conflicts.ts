import { conflictDelayMs } from "../middleware/back-off.ts";
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

/** Whether an error or a cancellation reason says that the same write may work in a moment. */
export function isConflict(code: unknown): boolean {
  return CONFLICTS.has(code);
}

/**
 * Runs a write until it meets no other transaction. The SDK retries neither a conflict nor a cancelled
 * transaction, so this does, with full jitter, until `deadline` (milliseconds since the epoch); then the last
 * error is thrown.
 */
export async function untilNoConflict<T>(
  clock: Clock,
  deadline: number,
  write: () => Promise<T>,
  meets: (error: unknown) => boolean = (error) => isConflict((error as Error | undefined)?.name),
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const delayMs = conflictDelayMs(attempt, clock.random());
      if (!meets(error) || clock.now() + delayMs >= deadline) throw error;
      await clock.sleep(delayMs);
    }
  }
}
