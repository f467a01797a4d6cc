import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { FAILED_BY_STATUS, JOB_PREFIX } from "../contract/failures.ts";
import type { Jobs, StoredJob } from "../failures/ports/jobs.ts";
import { readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";

/** Precedes the job's status in the row's status. */
const STATUS_PREFIX = "JOB_";

/** Jobs are rows of the failed-message table. No message can have their keys and statuses, so that no listing mixes them. */
export function dynamoDbJobs(client: DynamoDBClient, table: string): Jobs {
  const { indexName, partitionKey, sortKey } = FAILED_BY_STATUS;
  const fromItem = ({ failedKey: _, status, ...job }: Record<string, unknown>) =>
    ({ ...job, status: String(status).slice(STATUS_PREFIX.length) }) as unknown as StoredJob;

  async function query(input: Omit<QueryCommandInput, "TableName" | "IndexName">): Promise<StoredJob[]> {
    const { Items } = await client.send(
      new QueryCommand({ TableName: table, IndexName: indexName, ...input }),
    );
    return (Items ?? []).map((item) => fromItem(readRow(item)));
  }

  return {
    async get(jobId) {
      const Key = { failedKey: { S: `${JOB_PREFIX}${jobId}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromItem(readRow(Item));
    },

    put(job, expectedRevision) {
      const row = { ...job, failedKey: `${JOB_PREFIX}${job.jobId}`, status: `${STATUS_PREFIX}${job.status}` };
      return optimisticPut(client, table, row, expectedRevision);
    },

    list: (status, limit) =>
      query({
        KeyConditionExpression: "#status = :status",
        ExpressionAttributeNames: { "#status": partitionKey },
        ExpressionAttributeValues: { ":status": { S: `${STATUS_PREFIX}${status}` } },
        ScanIndexForward: false,
        Limit: limit,
      }),

    listDue: (now, limit) =>
      query({
        KeyConditionExpression: "#status = :status AND #dueAt <= :now",
        ExpressionAttributeNames: { "#status": partitionKey, "#dueAt": sortKey },
        ExpressionAttributeValues: {
          ":status": { S: `${STATUS_PREFIX}RUNNING` },
          ":now": { S: new Date(now).toISOString() },
        },
        Limit: limit,
      }),
  };
}
