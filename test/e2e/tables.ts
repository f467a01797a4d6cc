import { DeleteItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "vitest";
import type { StockView } from "../../functions/contract/schemas.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import type { TableName, Target } from "./target.ts";
import { untilTrue } from "./until.ts";

/** All rows of a table. */
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

/** Deletes a row of the failed-message store that an earlier run may have left. */
export async function forgetFailed(target: Target, failedKey: string): Promise<void> {
  await target.dynamoDb.send(
    new DeleteItemCommand({
      TableName: target.tableName("failedMessages"),
      Key: { failedKey: { S: failedKey } },
    }),
  );
}

/** Makes a row of the failed-message store a minute older, past its first back-off. */
export async function waitedMinute(target: Target, failedKey: string): Promise<void> {
  await target.dynamoDb.send(
    new UpdateItemCommand({
      TableName: target.tableName("failedMessages"),
      Key: { failedKey: { S: failedKey } },
      UpdateExpression: "SET lastAt = :at",
      ExpressionAttributeValues: { ":at": { S: new Date(Date.now() - 61_000).toISOString() } },
    }),
  );
}

/** Writes a stock row with this number of held units. */
export async function writeHeld(target: Target, sku: string, held: number): Promise<void> {
  await target.dynamoDb.send(
    new UpdateItemCommand({
      TableName: target.tableName("stock"),
      Key: { sku: { S: sku } },
      UpdateExpression: "SET held = :held",
      ExpressionAttributeValues: { ":held": { N: String(held) } },
    }),
  );
}

/**
 * The stock equals the orders: no unit was taken twice, released twice, or lost. Checks the SKUs of the file, by the suffix
 * of their names.
 */
export async function expectExactStock(target: Target): Promise<void> {
  const own = ({ sku }: { readonly sku: string }) => sku.endsWith(target.tag);
  const ownOrders = async () =>
    (await rowsOf<Order>(target, "orders")).filter(({ lines }) => lines?.every(own));
  await untilTrue("cancelled orders have released their stock", async () =>
    (await ownOrders()).every(({ status, stockHeld }) => status !== "CANCELLED" || stockHeld !== true),
  );
  const orders = await ownOrders();
  const stock = (await rowsOf<StockView>(target, "stock")).filter(own);
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
