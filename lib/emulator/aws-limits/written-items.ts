import type { TableSpec } from "../assembly/model.ts";
import { isRecord, type Json } from "../assembly/template-values.ts";

/** An item that a call of DynamoDB names. */
export interface NamedItem {
  readonly table: string;
  /** The values of all key attributes, as text. */
  readonly key: string;
  /** The value of the partition key, as text. */
  readonly partition: string;
  /** The whole item, where the call puts it. */
  readonly put?: Json;
}

/** The items of an action: `Put` and PutItem have the whole item, all others its key. `undefined` for unknown tables. */
export type ItemOf = (action: Json) => NamedItem | undefined;

export function itemsOfTables(tables: readonly TableSpec[]): ItemOf {
  const keys = new Map(tables.map(({ name, createInput }) => [name, keyNames(createInput)]));
  return (action) => {
    const { TableName: table, Key: key, Item: put } = action;
    const names = keys.get(tableName(String(table)));
    const values = isRecord(key) ? key : isRecord(put) ? put : undefined;
    if (names === undefined || values === undefined) return undefined;
    const texts = names.map((name) => JSON.stringify(values[name]));
    return {
      table: tableName(String(table)),
      key: texts.join(),
      partition: texts[0] ?? "",
      ...(isRecord(put) ? { put } : {}),
    };
  };
}

/** The partition key first. */
function keyNames({ KeySchema: schema }: Json): readonly string[] {
  const elements = Array.isArray(schema) ? schema.filter(isRecord) : [];
  const ofType = (type: string) => elements.filter(({ KeyType }) => KeyType === type);
  return [...ofType("HASH"), ...ofType("RANGE")].map(({ AttributeName }) => String(AttributeName));
}

/** A table may be named by its ARN. */
export const tableName = (nameOrArn: string): string => nameOrArn.replace(/^arn:[^/]*\//, "");

/** The actions of a transaction, each without its kind. */
export function actionsOf({ TransactItems: items }: Json): readonly Json[] {
  if (!Array.isArray(items)) return [];
  return items.map((item) => Object.values(isRecord(item) ? item : {}).find(isRecord) ?? {});
}
