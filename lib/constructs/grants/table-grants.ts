import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { ConsumerGrant } from "../consumer-function.ts";

/** Permits these operations on a table, and sets the variable to its name. */
export function grantTable(table: ITable, variable: string, ...operations: readonly string[]): ConsumerGrant {
  return (holder) => holder.allow(dynamodb(operations), table.tableArn).set(variable, table.tableName);
}

/** Reads and writes a consumer's own table, also in transactions. It is never scanned. */
export const grantOwnTable = (table: ITable, variable: string): ConsumerGrant =>
  grantTable(
    table,
    variable,
    "GetItem",
    "BatchGetItem",
    "Query",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "ConditionCheckItem",
  );

export function dynamodb(operations: readonly string[]): readonly string[] {
  return operations.map((operation) => `dynamodb:${operation}`);
}
