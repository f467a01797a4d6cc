import { type DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { FAILED_BY_STATUS, REDRIVE_JOB_PREFIX } from "../contract/names.ts";
import type { RedriveJob } from "../domain/redrive-job.ts";
import type { RedriveJobs } from "../ports/redrive-jobs.ts";
import { putRevised } from "./revised-row.ts";

/**
 * Jobs are rows of the failed-message table. Their key and statuses are none that a message can have, so that
 * neither is ever taken for the other.
 */
export function dynamoDbRedriveJobs(client: DynamoDBClient, table: string): RedriveJobs {
  return {
    async get(jobId) {
      const Key = { failedKey: { S: `${REDRIVE_JOB_PREFIX}${jobId}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromItem(unmarshall(Item));
    },

    put(job, expectedRevision) {
      const row = { ...job, failedKey: `${REDRIVE_JOB_PREFIX}${job.jobId}`, status: statusOf(job.status) };
      return putRevised(client, table, row, expectedRevision);
    },

    async list(status, limit) {
      const { indexName, partitionKey } = FAILED_BY_STATUS;
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: indexName,
          KeyConditionExpression: "#status = :status",
          ExpressionAttributeNames: { "#status": partitionKey },
          ExpressionAttributeValues: { ":status": { S: statusOf(status) } },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return (Items ?? []).map((item) => fromItem(unmarshall(item)));
    },
  };
}

const statusOf = (status: RedriveJob["status"]) => `JOB_${status}`;

function fromItem({ failedKey: _, status, ...job }: Record<string, unknown>): RedriveJob {
  return { ...job, status: String(status).replace("JOB_", "") } as RedriveJob;
}
