import { CONSUMERS } from "../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../functions/consumers/define-consumer.ts";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { type Rule, SettingError } from "./read-setting.ts";

/** All tables, by their names without the deployment's prefix. */
export const TABLES: readonly string[] = [
  ...Object.values(TABLE_NAMES),
  ...CONSUMERS.flatMap(({ name, tables = [] }: ConsumerDeclaration) =>
    tables.map((own) => ownTable(name, own.name)),
  ),
];

/** A consumer's own table, by its name without the deployment's prefix. */
export function ownTable(consumer: string, table: string): string {
  return `${consumer}-${table}`;
}

/** `<table>:<its physical name>`. */
export const EXISTING_TABLES_RULE: Rule = {
  kind: "texts",
  pattern: new RegExp(`^(${TABLES.join("|")}):[\\w.-]{3,255}$`),
  expected: `tables such as orders:acme-orders (tables: ${TABLES.join(", ")})`,
};
export const STREAM_ARN_RULE: Rule = {
  kind: "text",
  pattern: /^$|^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}\/stream\/[\w:.-]+$/,
  expected: "the ARN of a table's stream, or nothing",
};

interface Chosen {
  readonly existingTables: readonly string[];
}

/** The physical names of the tables that are used instead of made. */
export function existingTables({ existingTables: chosen }: Chosen): ReadonlyMap<string, string> {
  return new Map(chosen.map(pairOf));
}

/** Throws `SettingError` for tables that cannot be used together. */
export function refuseTableContradictions(
  settings: Chosen & { readonly existingOrdersStream: string },
): void {
  const { existingTables: chosen, existingOrdersStream: stream } = settings;
  const refuse = (why: string) => new SettingError(`Setting "existingTables" ${why}.`);
  for (const at of [0, 1] as const) {
    const parts = chosen.map((each) => pairOf(each)[at]);
    const twice = parts.find((part, i) => parts.indexOf(part) !== i);
    if (twice !== undefined) throw refuse(`names each table once; received "${twice}" twice`);
  }
  const orders = existingTables(settings).get(TABLE_NAMES.orders);
  if (orders === undefined) {
    if (stream === "") return;
    throw new SettingError('Setting "existingOrdersStream" goes with "existingTables=orders:<name>".');
  }
  const ofOrders = `table/${orders}/stream/`;
  if (stream.includes(`:${ofOrders}`)) return;
  throw refuse(
    `names orders:${orders}, whose stream publishes the events: set "existingOrdersStream" to its ARN ` +
      `(…:${ofOrders}…), which \`aws dynamodb describe-table --table-name ${orders} --query Table.LatestStreamArn\` prints` +
      (stream === "" ? "" : `; received ${stream}`),
  );
}

function pairOf(chosen: string): readonly [table: string, name: string] {
  const at = chosen.indexOf(":");
  return [chosen.slice(0, at), chosen.slice(at + 1)];
}
