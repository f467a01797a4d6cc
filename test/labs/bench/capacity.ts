/** Request units of DynamoDB for one call. */
export interface Capacity {
  readonly writeUnits: number;
  readonly readUnits: number;
}

const NOTHING: Capacity = { writeUnits: 0, readUnits: 0 };
const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"]);

/**
 * The units of a call. A reply reports them (by the documented rules: one for each KB, two in a transaction). A refused
 * write does not report them and is charged: one unit for a failed condition, two for each action of a cancelled
 * transaction, with rows of up to one KB.
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
