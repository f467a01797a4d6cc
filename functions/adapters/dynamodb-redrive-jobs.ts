import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { REDRIVE_JOB_PREFIX } from "../contract/names.ts";
import type { RedriveJob } from "../failures/domain/redrive-job.ts";
import type { Jobs } from "../failures/ports/jobs.ts";
import { dynamoDbJobRows } from "./dynamodb-job-rows.ts";

export function dynamoDbRedriveJobs(client: DynamoDBClient, table: string): Jobs<RedriveJob> {
  const kind = { keyPrefix: REDRIVE_JOB_PREFIX, statusPrefix: "JOB_" };
  return dynamoDbJobRows<RedriveJob>(client, table, kind);
}
