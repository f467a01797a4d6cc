import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { FAILED_LISTING, REDRIVE_JOB_PREFIX, REPUBLISH_JOB_PREFIX } from "../contract/failures.ts";
import { type ListOrder, placeOf } from "../failures/domain/failed-listing.ts";
import type { Job } from "../failures/domain/job.ts";
import type { RedriveJob } from "../failures/domain/redrive-job.ts";
import type { RepublishJob } from "../failures/domain/republish-job.ts";
import type { Jobs } from "../failures/ports/jobs.ts";
import { readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";
import { queryListing } from "./query-listing.ts";

type Row = Readonly<Record<string, unknown>>;

interface JobKind {
  /** Precedes the job id in the row's key. */
  readonly keyPrefix: string;
  /** Precedes the job's status in the row's status. */
  readonly statusPrefix: string;
}

/**
 * Jobs are rows of the failed-message table. No message and no other kind of job can have their keys and listings, so
 * that no listing mixes them. A listing of jobs is one partition: they are few.
 */
function dynamoDbJobRows<Kind extends Job>(client: DynamoDBClient, table: string, kind: JobKind): Jobs<Kind> {
  const { keyPrefix, statusPrefix } = kind;
  const { partitionKey, sortKey } = FAILED_LISTING;
  const fromItem = ({ failedKey: _, [partitionKey]: __, [sortKey]: ___, status, ...job }: Row) =>
    ({ ...job, status: String(status).slice(statusPrefix.length) }) as unknown as Kind;

  async function get(jobId: string): Promise<Kind | undefined> {
    const Key = { failedKey: { S: `${keyPrefix}${jobId}` } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : fromItem(readRow(Item));
  }

  /** The ids of jobs of a status. The index holds little else of them. */
  async function idsOf(
    status: Job["status"],
    range: { readonly order: ListOrder; readonly limit: number; readonly dueBefore?: string },
  ): Promise<string[]> {
    const { items } = await queryListing(client, table, { partition: `${statusPrefix}${status}`, ...range });
    return items.map(({ failedKey }) => failedKey?.S?.slice(keyPrefix.length) ?? "");
  }

  return {
    get,

    put(job, expectedRevision) {
      const failedKey = `${keyPrefix}${job.jobId}`;
      const status = `${statusPrefix}${job.status}`;
      const place = placeOf({ dueAt: job.dueAt, failedKey });
      const row = { ...job, failedKey, status, [partitionKey]: status, [sortKey]: place };
      return optimisticPut(client, table, row, expectedRevision);
    },

    async list(status, limit) {
      const jobs = await Promise.all((await idsOf(status, { order: "newest", limit })).map(get));
      return jobs.filter((job) => job !== undefined);
    },

    listDue: (now, limit) =>
      idsOf("RUNNING", { order: "oldest", limit, dueBefore: new Date(now).toISOString() }),
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
