/**
 * The end of a listing is a page without a key, or with an empty one; not a page without rows.
 * https://github.com/supersoniko/dynamodb-paginator/pull/6, https://github.com/pynamodb/PynamoDB/pull/1307
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { dynamoDbOrderScan } from "../../functions/adapters/dynamodb-order-scan.ts";
import { orderToRow } from "../../functions/adapters/order-row.ts";
import { NOW, order } from "../fixtures/events.ts";

/** Answers with these pages, in their order. */
function clientWith(...pages: readonly object[]): DynamoDBClient {
  const left = [...pages];
  return {
    send: async () => left.shift() ?? Promise.reject(new Error("a page too many")),
  } as unknown as DynamoDBClient;
}

test("K23: failed messages behind an empty page are listed", async () => {
  const key = { failedKey: { S: "k" }, listing: { S: "OPEN#0" }, place: { S: "t~k" } };
  const asked: unknown[] = [];
  // The page of the first partition is empty and not its last; each other partition is empty.
  const client = {
    async send({ input }: { input: { ExpressionAttributeValues: unknown; ExclusiveStartKey?: unknown } }) {
      asked.push(input.ExclusiveStartKey);
      if (input.ExclusiveStartKey !== undefined) return { Items: [key], LastEvaluatedKey: {} };
      return asked.length === 1 ? { Items: [], LastEvaluatedKey: key } : { Items: [] };
    },
  } as unknown as DynamoDBClient;

  const { rows, cursor } = await dynamoDbFailedMessageStore(client, "t").list("OPEN", { limit: 1 });

  expect(rows).toMatchObject([{ failedKey: "k", dueAt: "t" }]);
  expect(cursor).toBeUndefined();
  expect(asked.filter((start) => start !== undefined)).toEqual([key]);
});

test("K23: orders behind an empty page are found", async () => {
  const row = order("1");
  const client = clientWith(
    { Items: [], LastEvaluatedKey: { orderId: { S: "a" } } },
    { Items: [orderToRow(row)], LastEvaluatedKey: {} },
  );
  const scan = dynamoDbOrderScan(client, "t");
  const query = { status: "PENDING", before: new Date(NOW).toISOString(), limit: 1 } as const;

  expect(await scan.page(query)).toEqual({ orders: [], after: "a" });
  expect(await scan.page({ ...query, after: "a" })).toEqual({ orders: [row] });
});
