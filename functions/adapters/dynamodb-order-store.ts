import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { isUnfinished, type StatusByApi, sourcesOf } from "../contract/order-status.ts";
import type { Clock } from "../middleware/clock.ts";
import type { OrderStore } from "../orders/ports/order-store.ts";
import { readMany, retryOnConflict } from "./dynamodb-client.ts";
import {
  NO_LONGER_UNFINISHED,
  NOW_UNFINISHED,
  orderFromRow,
  orderToRow,
  type Row,
  shardValue,
} from "./order-row.ts";

/** A write with conflicts ends well before the 10 seconds of the API's functions. */
const CONFLICT_TIMEOUT_MS = 5_000;

export function dynamoDbOrderStore(client: DynamoDBClient, table: string, clock: Clock): OrderStore {
  const withRetry = <T>(write: () => Promise<T>) =>
    retryOnConflict(clock, clock.now() + CONFLICT_TIMEOUT_MS, write);

  /** Of an order that holds stock, or of one that holds none: its place in the index may depend on that. */
  function moveUpdate(
    orderId: string,
    to: StatusByApi,
    now: number,
    stockHeld: boolean,
  ): UpdateItemCommandInput {
    const sources = Object.fromEntries(sourcesOf(to).map((status, i) => [`:from${i}`, { S: status }]));
    const isIndexed = isUnfinished({ status: to, stockHeld });
    return {
      TableName: table,
      Key: { orderId: { S: orderId } },
      UpdateExpression: `SET #status = :to, #version = #version + :one, updatedAt = :at${isIndexed ? NOW_UNFINISHED : ` ${NO_LONGER_UNFINISHED}`}`,
      ConditionExpression: `#status IN (${Object.keys(sources).join(", ")}) AND ${stockHeld ? "" : "NOT "}stockHeld = :held`,
      ExpressionAttributeNames: { "#status": "status", "#version": "version" },
      ExpressionAttributeValues: {
        ...sources,
        ...(isIndexed && shardValue(orderId)),
        ":held": { BOOL: true },
        ":to": { S: to },
        ":one": { N: "1" },
        ":at": { S: new Date(now).toISOString() },
      },
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
  }

  return {
    async place(order) {
      try {
        await withRetry(() =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: orderToRow(order),
              ConditionExpression: "attribute_not_exists(orderId)",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            }),
          ),
        );
        return { kind: "placed" };
      } catch (error) {
        return { kind: "exists", order: orderFromRow(conflictingRow(error)) };
      }
    },

    async move(orderId, to, now) {
      const sources = sourcesOf(to);
      // Mostly stock is held. An update cannot depend on the row, so a condition holds each of the two to its case.
      for (let stockHeld = true; ; ) {
        try {
          const { Attributes } = await withRetry(() =>
            client.send(new UpdateItemCommand(moveUpdate(orderId, to, now, stockHeld))),
          );
          return { kind: "found", order: orderFromRow(Attributes ?? {}) };
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException && error.Item === undefined) {
            return { kind: "unknown" };
          }
          const order = orderFromRow(conflictingRow(error));
          if (!sources.includes(order.status)) return { kind: "found", order };
          stockHeld = order.stockHeld === true;
        }
      }
    },

    async get(orderId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { orderId: { S: orderId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : orderFromRow(Item);
    },

    async getMany(orderIds) {
      const keys = [...new Set(orderIds)].map((orderId) => ({ orderId: { S: orderId } }));
      const rows = await readMany(client, table, keys, { what: "orders", isConsistent: true });
      return new Map(rows.map(orderFromRow).map((order) => [order.orderId, order]));
    },
  };
}

/** The row that failed the condition. Throws any other error again. */
function conflictingRow(error: unknown): Row {
  if (error instanceof ConditionalCheckFailedException && error.Item !== undefined) return error.Item;
  throw error;
}
