import { type DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { FAILED_BY_STATUS } from "../contract/names.ts";
import { putRevised } from "./revised-row.ts";

/** What rows of all kinds of jobs have. */
interface JobRow {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly writeId: string;
}

/** Keys and statuses of one kind of jobs, which no message and no other kind can have. */
export interface JobKind {
  /** Before the id in the row's key. */
  readonly keyPrefix: string;
  /** Before the status in the row's. */
  readonly statusPrefix: string;
}

/**
 * Jobs are rows of the failed-message table. Their key and statuses are none that a message can have, so that
 * neither is ever taken for the other.
 */
export function dynamoDbJobRows<Job extends JobRow>(client: DynamoDBClient, table: string, kind: JobKind) {
  const { keyPrefix, statusPrefix } = kind;
  const fromItem = ({ failedKey: _, status, ...job }: Record<string, unknown>) =>
    ({ ...job, status: String(status).slice(statusPrefix.length) }) as unknown as Job;

  return {
    async get(jobId: string): Promise<Job | undefined> {
      const Key = { failedKey: { S: `${keyPrefix}${jobId}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromItem(unmarshall(Item));
    },

    put(job: Job, expectedRevision: number | undefined): Promise<boolean> {
      const row = { ...job, failedKey: `${keyPrefix}${job.jobId}`, status: `${statusPrefix}${job.status}` };
      return putRevised(client, table, row, expectedRevision);
    },

    async list(status: Job["status"], limit: number): Promise<readonly Job[]> {
      const { indexName, partitionKey } = FAILED_BY_STATUS;
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: indexName,
          KeyConditionExpression: "#status = :status",
          ExpressionAttributeNames: { "#status": partitionKey },
          ExpressionAttributeValues: { ":status": { S: `${statusPrefix}${status}` } },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return (Items ?? []).map((item) => fromItem(unmarshall(item)));
    },
  };
}
