import type { TableSpec } from "../assembly/model.ts";
import { isRecord, type Json } from "../assembly/template-values.ts";
import { actionsOf, itemsOfTables, tableName } from "./written-items.ts";

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
 * The units of a call by what it names: an item that is put by its size, any other as one of up to 1 KB. Queries and
 * scans are counted by their results (`readPartition`), PartiQL is not. An index counts its attributes of an item that is
 * put, not the removal of its earlier entry.
 */
export function partitionUnits(
  tables: readonly TableSpec[],
): (operation: string, input: Json) => readonly PartitionUnits[] {
  const itemOf = itemsOfTables(tables);
  const indexes = new Map(tables.map(({ name, createInput }) => [name, indexesOf(createInput)]));

  const written = (action: Json, index: number, times: number): readonly PartitionUnits[] => {
    const item = itemOf(action);
    if (item === undefined) return [];
    const inIndexes = (indexes.get(item.table) ?? []).flatMap(({ name, key, entryOf }) => {
      const value = item.put?.[key];
      if (item.put === undefined || value === undefined) return [];
      return [
        { partition: `${item.table}/${name} ${JSON.stringify(value)}`, units: unitsOf(entryOf(item.put)) },
      ];
    });
    const inTable = { partition: `${item.table} ${item.partition}`, units: unitsOf(item.put) };
    return [inTable, ...inIndexes].map(({ partition, units }) => ({
      kind: "write",
      partition,
      count: times * units,
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

/**
 * The partition that a query or a scan reads; a table or a segment that is scanned counts as one of its own. `undefined`
 * for any other call, and for a query whose condition is not understood.
 */
export function readPartition(
  tables: readonly TableSpec[],
): (operation: string, input: Json) => string | undefined {
  const keys = new Map(
    tables.flatMap(({ name, createInput }) => [
      [name, hashKey(createInput["KeySchema"])] as const,
      ...indexesOf(createInput).map((index) => [`${name}/${index.name}`, index.key] as const),
    ]),
  );
  return (operation, input) => {
    const { TableName: named, IndexName: index, Segment: segment = 0 } = input;
    const table = tableName(String(named));
    const read = index === undefined ? table : `${table}/${String(index)}`;
    if (operation === "Scan") return `${read} scan ${String(segment)}`;
    const value = operation === "Query" ? keyValue(input, keys.get(read)) : undefined;
    return value === undefined ? undefined : `${read} ${JSON.stringify(value)}`;
  };
}

/** The value that a key condition compares the partition key with. */
function keyValue(input: Json, key: string | undefined): unknown {
  const {
    KeyConditionExpression: text,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = input;
  if (typeof text !== "string" || !isRecord(values)) return undefined;
  const pairs = [...text.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)];
  const nameOf = (name: string) => (name.startsWith("#") && isRecord(names) ? names[name] : name);
  const [, , value = ""] = pairs.find(([, name = ""]) => nameOf(name) === key) ?? [];
  return Object.hasOwn(values, value) ? values[value] : undefined;
}

const requestItems = ({ RequestItems: items }: Json) =>
  Object.entries(isRecord(items) ? items : {}).map(([table, request]) => ({ table, request }));

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** The partition key of each index, and what it holds of an item. */
function indexesOf({ GlobalSecondaryIndexes: indexes, KeySchema: tableKey }: Json) {
  return listOf(indexes).map(({ IndexName: name, KeySchema: schema, Projection: projection }) => {
    const { ProjectionType: type = "ALL", NonKeyAttributes: others } = isRecord(projection) ? projection : {};
    const keys = [...listOf(tableKey), ...listOf(schema)].map(({ AttributeName }) => String(AttributeName));
    const held = new Set([...keys, ...(Array.isArray(others) ? others.map(String) : [])]);
    return {
      name: String(name),
      key: hashKey(schema),
      entryOf: (item: Json): Json =>
        type === "ALL" ? item : Object.fromEntries(Object.entries(item).filter(([each]) => held.has(each))),
    };
  });
}

const hashKey = (schema: unknown): string =>
  String(listOf(schema).find(({ KeyType }) => KeyType === "HASH")?.["AttributeName"]);

function unitsOf(put: Json | undefined): number {
  return put === undefined ? 1 : Math.max(1, Math.ceil(attributesBytes(put) / UNIT_BYTES));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function attributesBytes(attributes: Json): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: unknown): number {
  const [[type, held] = []] = isRecord(value) ? Object.entries(value) : [];
  const each = Array.isArray(held) ? held : [];
  if (type === "M" && isRecord(held)) return 3 + attributesBytes(held) + Object.keys(held).length;
  if (type === "L") return each.reduce((sum: number, one) => sum + valueBytes(one) + 1, 3);
  if (type === "N" && typeof held === "string") return Math.ceil(held.length / 2) + 1;
  if (type === "BOOL" || type === "NULL") return 1;
  if (typeof held === "string") return Buffer.byteLength(held);
  return Buffer.byteLength(JSON.stringify(held ?? value) ?? "");
}
