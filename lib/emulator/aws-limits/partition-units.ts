import type { TableSpec } from "../assembly/model.ts";
import { isRecord, type Json } from "../assembly/template-values.ts";
import { actionsOf, itemsOfTables, type NamedItem } from "./written-items.ts";

/** Request units that a call takes from one partition of a table or an index. */
export interface PartitionUnits {
  readonly kind: "read" | "write";
  readonly partition: string;
  readonly count: number;
  /** The place of the action in the call. */
  readonly action: number;
}

/** Bytes of a write unit. */
const UNIT_BYTES = 1_024;

/**
 * The units of a call by what it names: an item that is put by its size, any other as one of up to 1 KB. Queries, scans
 * and PartiQL count nothing, because only their results tell their size. An index counts where the whole item is known.
 */
export function partitionUnits(
  tables: readonly TableSpec[],
): (operation: string, input: Json) => readonly PartitionUnits[] {
  const itemOf = itemsOfTables(tables);
  const indexes = new Map(tables.map(({ name, createInput }) => [name, indexKeys(createInput)]));

  const written = (action: Json, index: number, times: number): readonly PartitionUnits[] => {
    const item = itemOf(action);
    if (item === undefined) return [];
    const count = times * unitsOf(item);
    const inIndexes = (indexes.get(item.table) ?? []).flatMap(({ name, key }) => {
      const value = item.put?.[key];
      return value === undefined ? [] : [`${item.table}/${name} ${JSON.stringify(value)}`];
    });
    return [`${item.table} ${item.partition}`, ...inIndexes].map((partition) => ({
      kind: "write",
      partition,
      count,
      action: index,
    }));
  };
  const read = (action: Json, index: number, count: number): readonly PartitionUnits[] => {
    const item = itemOf(action);
    return item === undefined
      ? []
      : [{ kind: "read", partition: `${item.table} ${item.partition}`, count, action: index }];
  };
  const readUnits = ({ ConsistentRead: isConsistent }: Json) => (isConsistent === true ? 1 : 0.5);

  return (operation, input) => {
    switch (operation) {
      case "PutItem":
      case "UpdateItem":
      case "DeleteItem":
        return written(input, 0, 1);
      case "TransactWriteItems":
        return actionsOf(input).flatMap((action, index) => written(action, index, 2));
      case "TransactGetItems":
        return actionsOf(input).flatMap((action, index) => read(action, index, 2));
      case "GetItem":
        return read(input, 0, readUnits(input));
      case "BatchWriteItem":
        return requestItems(input).flatMap(({ table, request }) =>
          listOf(request)
            .flatMap((each) => Object.values(each).filter(isRecord))
            .flatMap((action) => written({ ...action, TableName: table }, 0, 1)),
        );
      case "BatchGetItem":
        return requestItems(input).flatMap(({ table, request }) =>
          isRecord(request)
            ? listOf(request["Keys"]).flatMap((Key) => read({ TableName: table, Key }, 0, readUnits(request)))
            : [],
        );
      default:
        return [];
    }
  };
}

const requestItems = ({ RequestItems: items }: Json) =>
  Object.entries(isRecord(items) ? items : {}).map(([table, request]) => ({ table, request }));

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** The partition key of each index. */
function indexKeys({ GlobalSecondaryIndexes: indexes }: Json) {
  return listOf(indexes).map(({ IndexName: name, KeySchema: schema }) => ({
    name: String(name),
    key: String(listOf(schema).find(({ KeyType }) => KeyType === "HASH")?.["AttributeName"]),
  }));
}

function unitsOf({ put }: NamedItem): number {
  if (put === undefined) return 1;
  // The names of types and the quotation marks of JSON take about as much as what is not counted.
  return Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(put)) / UNIT_BYTES));
}
