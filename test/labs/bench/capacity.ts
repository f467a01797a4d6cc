/** Request units of DynamoDB that one call took. */
export interface Capacity {
  readonly writeUnits: number;
  readonly readUnits: number;
}

const NOTHING: Capacity = { writeUnits: 0, readUnits: 0 };
const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"]);

/**
 * What a call took: as the reply says where there is one, which has been compared with the documented rules (a KB
 * is a unit, an action in a transaction two). A refused write says nothing and is charged all the same: one unit
 * for a condition that failed, two for each action of a cancelled transaction, with rows of up to one KB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function capacityOf(operation: string, request: unknown, status: number, reply: unknown): Capacity {
  if (status !== 200) return { ...NOTHING, writeUnits: unitsOfRefusal(request, reply) };
  const consumed: unknown = (reply as { ConsumedCapacity?: unknown } | null)?.ConsumedCapacity;
  const entries: readonly unknown[] = Array.isArray(consumed) ? consumed : [consumed];
  const units = entries.reduce<number>(
    (sum, entry) => sum + Number((entry as { CapacityUnits?: unknown } | undefined)?.CapacityUnits ?? 0),
    0,
  );
  return READS.has(operation) ? { ...NOTHING, readUnits: units } : { ...NOTHING, writeUnits: units };
}

function unitsOfRefusal(request: unknown, reply: unknown): number {
  const type = String((reply as { __type?: unknown } | null)?.__type ?? "");
  if (type.endsWith("ConditionalCheckFailedException")) return 1;
  if (!type.endsWith("TransactionCanceledException")) return 0;
  const actions = (request as { TransactItems?: unknown } | null)?.TransactItems;
  return Array.isArray(actions) ? 2 * actions.length : 0;
}
