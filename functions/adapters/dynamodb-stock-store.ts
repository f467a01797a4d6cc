import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { StockView } from "../contract/schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import type { StockStore } from "../orders/ports/stock-store.ts";
import { readRow, retryOnConflict } from "./dynamodb-client.ts";

const CONFLICT_TIMEOUT_MS = 5_000;

export function dynamoDbStockStore(client: DynamoDBClient, table: string, clock: Clock): StockStore {
  return {
    async get(sku) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { sku: { S: sku } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : stockOf(Item);
    },

    async count(sku, onHand) {
      const count = () =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { sku: { S: sku } },
            UpdateExpression:
              "SET onHand = :onHand, held = if_not_exists(held, :none), available = :onHand - if_not_exists(held, :none)",
            ConditionExpression: "attribute_not_exists(sku) OR held <= :onHand",
            ExpressionAttributeValues: { ":onHand": { N: String(onHand) }, ":none": { N: "0" } },
            ReturnValues: "ALL_NEW",
          }),
        );
      try {
        const { Attributes } = await retryOnConflict(clock, clock.now() + CONFLICT_TIMEOUT_MS, count);
        return { kind: "counted", stock: stockOf(Attributes ?? {}) };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { kind: "below-held" };
        throw error;
      }
    },
  };
}

/** DynamoDB returns the attributes in any sequence. */
function stockOf(row: Record<string, AttributeValue>): StockView {
  const { sku, onHand, held, available } = readRow(row) as unknown as StockView;
  return { sku, onHand, held, available };
}
