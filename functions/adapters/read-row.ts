import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

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
