import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { FAILED_LISTING, JOB_PREFIX } from "../contract/failures.ts";
import { type ListOrder, placeOf } from "../failures/domain/failed-listing.ts";
import type { Job } from "../failures/domain/job.ts";
import type { JobStore, StoredJob } from "../failures/ports/job-store.ts";
import { readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";
import { queryListing } from "./query-listing.ts";

type Row = Readonly<Record<string, unknown>>;

/** Precedes the job's status in the row's status. */
const STATUS_PREFIX = "JOB_";

/**
 * Jobs are rows of the failed-message table. No message can have their keys and listings, so that no listing mixes them.
 * A listing of jobs is one partition: they are few.
 */
export function dynamoDbJobStore(client: DynamoDBClient, table: string): JobStore {
  const { partitionKey, sortKey } = FAILED_LISTING;
  const fromItem = ({ failedKey: _, [partitionKey]: __, [sortKey]: ___, status, ...job }: Row) =>
    ({ ...job, status: String(status).slice(STATUS_PREFIX.length) }) as unknown as StoredJob;

  async function get(jobId: string): Promise<StoredJob | undefined> {
    const Key = { failedKey: { S: `${JOB_PREFIX}${jobId}` } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : fromItem(readRow(Item));
  }

  /** The ids of jobs of a status. The index holds little else of them. */
  async function idsOf(
    status: Job["status"],
    range: { readonly order: ListOrder; readonly limit: number; readonly dueBefore?: string },
  ): Promise<string[]> {
    const { items } = await queryListing(client, table, { partition: `${STATUS_PREFIX}${status}`, ...range });
    return items.map(({ failedKey }) => failedKey?.S?.slice(JOB_PREFIX.length) ?? "");
  }

  return {
    get,

    put(job, expectedRevision) {
      const failedKey = `${JOB_PREFIX}${job.jobId}`;
      const status = `${STATUS_PREFIX}${job.status}`;
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
