import { type AttributeValue, BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Clock } from "../middleware/clock.ts";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

export function dynamoDbClient(timeouts = CLIENT_TIMEOUTS): DynamoDBClient {
  return new DynamoDBClient(clientConfig(timeouts));
}

/**
 * A row as an object. Numbers beyond 2^53 are rounded: only another writer stores them, in attributes of its own. By
 * default the SDK throws for some of them, and one such attribute would make the whole row unreadable.
 */
export function readRow(row: Record<string, AttributeValue>): Record<string, unknown> {
  return unmarshall(row, { wrapNumbers: Number });
}

/** The key at which a listing continues; `undefined` at its end. A page without rows may have one. */
export function nextKey(
  key: Record<string, AttributeValue> | undefined,
): Record<string, AttributeValue> | undefined {
  return key === undefined || Object.keys(key).length === 0 ? undefined : key;
}

/** DynamoDB refuses more keys at once. */
const KEYS_AT_ONCE = 100;
/** A response holds 16 MB, and 100 rows have at most 40. */
const READ_ATTEMPTS = 5;

/**
 * The rows of distinct keys, in no sequence, without those that do not exist. Throws where DynamoDB leaves some out again
 * and again; `what` names them in the error.
 */
export async function readMany(
  client: DynamoDBClient,
  table: string,
  keys: readonly Record<string, AttributeValue>[],
  { what, isConsistent }: { readonly what: string; readonly isConsistent: boolean },
): Promise<Record<string, AttributeValue>[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / KEYS_AT_ONCE) }, async (_, i) => {
    const rows: Record<string, AttributeValue>[] = [];
    let left = keys.slice(i * KEYS_AT_ONCE, (i + 1) * KEYS_AT_ONCE);
    for (let attempt = 0; left.length > 0 && attempt < READ_ATTEMPTS; attempt++) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: left, ...(isConsistent && { ConsistentRead: true }) } },
        }),
      );
      rows.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
    }
    if (left.length > 0) throw new Error(`DynamoDB did not return ${left.length} of the ${what}.`);
    return rows;
  });
  return (await Promise.all(chunks)).flat();
}

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

/**
 * Milliseconds before the next attempt. A busy SKU is free again after some 15 ms: a longer delay than a few hundred
 * leaves it to others, and orders wait for seconds.
 */
export function conflictDelayMs(attempt: number, random: number): number {
  return random * Math.min(320, 20 * 2 ** attempt);
}
