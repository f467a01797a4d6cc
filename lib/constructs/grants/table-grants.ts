import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Right } from "../function.ts";

/** Reaches a table, whose name the variable holds, by these of DynamoDB's operations. */
export function reach(table: Table, variable: string, ...operations: readonly string[]): Right {
  return (holder) => holder.allow(dynamodb(operations), table.tableArn).set(variable, table.tableName);
}

export function dynamodb(operations: readonly string[]): readonly string[] {
  return operations.map((operation) => `dynamodb:${operation}`);
}
