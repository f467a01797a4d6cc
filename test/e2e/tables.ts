import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "vitest";
import type { StockView } from "../../functions/contract/schemas.ts";
import type { Order } from "../../functions/domain/order.ts";
import type { TableName, Target } from "./target.ts";

/** Every row of a table. */
export async function rowsOf<Row>(target: Target, table: TableName): Promise<Row[]> {
  const rows: Row[] = [];
  let ExclusiveStartKey: Parameters<typeof unmarshall>[0] | undefined;
  do {
    const TableName = target.tableName(table);
    const page = await target.dynamoDb.send(
      new ScanCommand({
        TableName,
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      } as ConstructorParameters<typeof ScanCommand>[0]),
    );
    for (const item of page.Items ?? []) rows.push(unmarshall(item) as Row);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}

/** Orders and stock say the same: nothing was taken twice, given back twice, or lost on the way. */
export async function expectExactStock(target: Target): Promise<void> {
  const orders = await rowsOf<Order>(target, "orders");
  const stock = await rowsOf<StockView>(target, "stock");
  for (const { sku, onHand, held, available } of stock) {
    const ordered = orders
      .filter(({ stockHeld }) => stockHeld === true)
      .flatMap(({ lines }) => lines.filter((line) => line.sku === sku))
      .reduce((sum, { quantity }) => sum + quantity, 0);
    expect({ sku, held, available }).toEqual({ sku, held: ordered, available: onHand - ordered });
    expect(available).toBeGreaterThanOrEqual(0);
  }
  for (const { orderId, status, stockHeld } of orders) {
    expect({ orderId, holds: stockHeld === true }).toEqual({ orderId, holds: status === "CONFIRMED" });
  }
}
