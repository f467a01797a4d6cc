import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { OrderScan } from "../orders/ports/order-scan.ts";
import { orderFromRow } from "./order-row.ts";

/** A scan: the table has no index by status, because only operators search by it, and rarely. */
export function dynamoDbOrderScan(client: DynamoDBClient, table: string): OrderScan {
  return {
    async page({ status, before, after, limit }) {
      const { Items, LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit,
          FilterExpression: "#status = :status AND updatedAt <= :before",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":status": { S: status }, ":before": { S: before } },
          ...(after === undefined ? {} : { ExclusiveStartKey: { orderId: { S: after } } }),
        }),
      );
      const last = LastEvaluatedKey?.["orderId"]?.S;
      return {
        orders: (Items ?? []).map(orderFromRow),
        ...(last === undefined ? {} : { after: last }),
      };
    },
  };
}
