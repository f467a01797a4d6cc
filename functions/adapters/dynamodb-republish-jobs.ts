import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { REPUBLISH_JOB_PREFIX } from "../contract/names.ts";
import type { RepublishJob } from "../failures/domain/republish-job.ts";
import type { Jobs } from "../failures/ports/jobs.ts";
import { dynamoDbJobRows } from "./dynamodb-job-rows.ts";

export function dynamoDbRepublishJobs(client: DynamoDBClient, table: string): Jobs<RepublishJob> {
  const kind = { keyPrefix: REPUBLISH_JOB_PREFIX, statusPrefix: "REPUBLISH_" };
  return dynamoDbJobRows<RepublishJob>(client, table, kind);
}
