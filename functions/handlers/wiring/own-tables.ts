import type { ConsumerDeclaration } from "../../consumers/define-consumer.ts";
import { ownTableVariable } from "../../contract/names.ts";

/** The physical names of a consumer's own tables. Throws one error with all missing variables. */
export function ownTables<const Table extends string>({
  name,
  tables = [],
}: Pick<ConsumerDeclaration<string, Table>, "name" | "tables">): Readonly<Record<Table, string>> {
  const variables = tables.map((table) => [table.name, ownTableVariable(table.name)] as const);
  const missing = variables.filter(([, variable]) => !process.env[variable]).map(([, variable]) => variable);
  if (missing.length > 0)
    throw new Error(`Missing environment variables of ${name}'s tables: ${missing.join(", ")}.`);
  return Object.fromEntries(
    variables.map(([table, variable]) => [table, process.env[variable] ?? ""]),
  ) as Record<Table, string>;
}
