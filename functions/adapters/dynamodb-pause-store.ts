import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PAUSE_PREFIX } from "../contract/pausable.ts";
import type { ConsumerPause } from "../pausing/domain/consumer-pause.ts";
import type { PauseStore } from "../pausing/ports/pause-store.ts";
import { readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";

/** Without a status the rows are in no listing of failed messages. */
export function dynamoDbPauseStore(client: DynamoDBClient, table: string): PauseStore {
  return {
    async get(consumer) {
      const Key = { failedKey: { S: `${PAUSE_PREFIX}${consumer}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (Item === undefined) return undefined;
      const { failedKey: _, ...row } = readRow(Item);
      return row as unknown as ConsumerPause;
    },

    put: (row, expectedRevision) =>
      optimisticPut(client, table, { ...row, failedKey: `${PAUSE_PREFIX}${row.consumer}` }, expectedRevision),
  };
}
