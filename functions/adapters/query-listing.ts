import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { FAILED_LISTING } from "../contract/failures.ts";
import { boundsOf, type ListOrder } from "../failures/domain/failed-listing.ts";
import { nextKey } from "./dynamodb-client.ts";

type Row = Record<string, AttributeValue>;

interface Asked {
  readonly partition: string;
  readonly order: ListOrder;
  readonly limit: number;
  readonly cursor?: string;
  readonly dueBefore?: string;
}

const { indexName, partitionKey, sortKey } = FAILED_LISTING;

/** Rows of one partition of the index, behind the cursor or behind the last row of an earlier answer (`start`). */
export async function queryListing(client: DynamoDBClient, table: string, asked: Asked, start?: Row) {
  const { partition, order, limit, cursor } = asked;
  const [lowest, highest] = boundsOf(order, asked);
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: indexName,
      KeyConditionExpression: "#listing = :partition AND #place BETWEEN :lowest AND :highest",
      ExpressionAttributeNames: { "#listing": partitionKey, "#place": sortKey },
      ExpressionAttributeValues: {
        ":partition": { S: partition },
        ":lowest": { S: lowest },
        ":highest": { S: highest },
      },
      ScanIndexForward: order === "oldest",
      Limit: limit,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    }),
  );
  const items = (Items ?? []).filter((item) => item[sortKey]?.S !== cursor);
  return { items, behind: nextKey(LastEvaluatedKey) };
}
