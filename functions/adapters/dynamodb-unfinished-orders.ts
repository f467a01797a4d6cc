import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { UNFINISHED_ORDERS } from "../contract/names.ts";
import type { Clock } from "../middleware/clock.ts";
import type { UnfinishedOrder, UnfinishedOrders } from "../orders/ports/unfinished-orders.ts";
import { nextKey, retryOnConflict } from "./dynamodb-client.ts";
import { type Row, UNFINISHED_SHARDS } from "./order-row.ts";

const CONFLICT_TIMEOUT_MS = 2_000;
/** Shards queried concurrently. */
const AT_ONCE = 8;
const { indexName, partitionKey, sortKey, waits } = UNFINISHED_ORDERS;

/** A shard to be read, from its beginning or behind a row. */
interface Unread {
  readonly shard: string;
  readonly start?: Row;
}

export function dynamoDbUnfinishedOrders(
  client: DynamoDBClient,
  table: string,
  clock: Clock,
): UnfinishedOrders {
  async function read({ shard, start }: Unread, before: string) {
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: indexName,
        KeyConditionExpression: "#shard = :shard AND #placed <= :before",
        ExpressionAttributeNames: { "#shard": partitionKey, "#placed": sortKey },
        ExpressionAttributeValues: { ":shard": { S: shard }, ":before": { S: before } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    // A cancelled order may wait since later than its creation.
    const orders = (Items ?? []).map(unfinishedOf).filter(({ since }) => since <= before);
    const behind = nextKey(LastEvaluatedKey);
    return { orders, unread: behind === undefined ? [] : [{ shard, start: behind }] };
  }

  return {
    async waitingSince(before, cursor) {
      const all: readonly Unread[] =
        cursor === undefined ? UNFINISHED_SHARDS.map((shard) => ({ shard })) : JSON.parse(cursor);
      const pages = await Promise.all(all.slice(0, AT_ONCE).map((each) => read(each, before)));
      const unread = [...pages.flatMap((page) => page.unread), ...all.slice(AT_ONCE)];
      const orders = pages.flatMap((page) => page.orders);
      return unread.length === 0 ? { orders } : { orders, cursor: JSON.stringify(unread) };
    },

    async markChecked({ orderId, updatedAt }, now) {
      try {
        await retryOnConflict(clock, clock.now() + CONFLICT_TIMEOUT_MS, () =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: { orderId: { S: orderId } },
              UpdateExpression: "SET #waits = :waits",
              ConditionExpression: "attribute_exists(#shard) AND updatedAt = :since",
              ExpressionAttributeNames: { "#waits": waits, "#shard": partitionKey },
              ExpressionAttributeValues: {
                ":since": { S: updatedAt },
                ":waits": { S: `${updatedAt}/${new Date(now).toISOString()}` },
              },
            }),
          ),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function unfinishedOf({ orderId, [sortKey]: createdAt, [waits]: marked }: Row): UnfinishedOrder {
  const [since = "", checkedAt] = (marked?.S ?? createdAt?.S ?? "").split("/");
  return { orderId: orderId?.S ?? "", since, ...(checkedAt !== undefined && { checkedAt }) };
}
