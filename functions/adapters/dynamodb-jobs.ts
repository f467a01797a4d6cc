import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { FAILED_BY_STATUS, REDRIVE_JOB_PREFIX, REPUBLISH_JOB_PREFIX } from "../contract/failures.ts";
import type { Job } from "../failures/domain/job.ts";
import type { RedriveJob } from "../failures/domain/redrive-job.ts";
import type { RepublishJob } from "../failures/domain/republish-job.ts";
import type { Jobs } from "../failures/ports/jobs.ts";
import { readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";

interface JobKind {
  /** Precedes the job id in the row's key. */
  readonly keyPrefix: string;
  /** Precedes the job's status in the row's status. */
  readonly statusPrefix: string;
}

/**
 * Jobs are rows of the failed-message table. No message and no other kind of job can have their keys and statuses, so
 * that no listing mixes them.
 */
function dynamoDbJobRows<Kind extends Job>(client: DynamoDBClient, table: string, kind: JobKind): Jobs<Kind> {
  const { keyPrefix, statusPrefix } = kind;
  const { indexName, partitionKey, sortKey } = FAILED_BY_STATUS;
  const fromItem = ({ failedKey: _, status, ...job }: Record<string, unknown>) =>
    ({ ...job, status: String(status).slice(statusPrefix.length) }) as unknown as Kind;

  async function query(input: Omit<QueryCommandInput, "TableName" | "IndexName">): Promise<Kind[]> {
    const { Items } = await client.send(
      new QueryCommand({ TableName: table, IndexName: indexName, ...input }),
    );
    return (Items ?? []).map((item) => fromItem(readRow(item)));
  }

  return {
    async get(jobId) {
      const Key = { failedKey: { S: `${keyPrefix}${jobId}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromItem(readRow(Item));
    },

    put(job, expectedRevision) {
      const row = { ...job, failedKey: `${keyPrefix}${job.jobId}`, status: `${statusPrefix}${job.status}` };
      return optimisticPut(client, table, row, expectedRevision);
    },

    list: (status, limit) =>
      query({
        KeyConditionExpression: "#status = :status",
        ExpressionAttributeNames: { "#status": partitionKey },
        ExpressionAttributeValues: { ":status": { S: `${statusPrefix}${status}` } },
        ScanIndexForward: false,
        Limit: limit,
      }),

    listDue: (now, limit) =>
      query({
        KeyConditionExpression: "#status = :status AND #dueAt <= :now",
        ExpressionAttributeNames: { "#status": partitionKey, "#dueAt": sortKey },
        ExpressionAttributeValues: {
          ":status": { S: `${statusPrefix}RUNNING` },
          ":now": { S: new Date(now).toISOString() },
        },
        Limit: limit,
      }),
  };
}

export function dynamoDbRedriveJobs(client: DynamoDBClient, table: string): Jobs<RedriveJob> {
  const kind = { keyPrefix: REDRIVE_JOB_PREFIX, statusPrefix: "JOB_" };
  return dynamoDbJobRows<RedriveJob>(client, table, kind);
}

export function dynamoDbRepublishJobs(client: DynamoDBClient, table: string): Jobs<RepublishJob> {
  const kind = { keyPrefix: REPUBLISH_JOB_PREFIX, statusPrefix: "REPUBLISH_" };
  return dynamoDbJobRows<RepublishJob>(client, table, kind);
}
