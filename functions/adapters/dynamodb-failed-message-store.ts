import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { FAILED_LISTING, type FailedStatus, PROGRESS_PREFIX } from "../contract/failures.ts";
import {
  dueAtOf,
  type ListedMessage,
  type ListingProgress,
  partitionOf,
  partitionsOf,
  placeOf,
  SHARDS,
} from "../failures/domain/failed-listing.ts";
import type { FailedMessage } from "../failures/domain/failed-message.ts";
import type { FailedMessageStore } from "../failures/ports/failed-message-store.ts";
import { readMany, readRow } from "./dynamodb-client.ts";
import { mergeSorted, type Part } from "./merge-sorted.ts";
import { optimisticPut } from "./optimistic-put.ts";
import { queryListing } from "./query-listing.ts";

type Row = Record<string, AttributeValue>;

const { partitionKey, sortKey } = FAILED_LISTING;

export function dynamoDbFailedMessageStore(client: DynamoDBClient, table: string): FailedMessageStore {
  const progressKey = (step: string) => ({ failedKey: { S: `${PROGRESS_PREFIX}${step}` } });

  return {
    async get(failedKey) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { failedKey: { S: failedKey } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : fromItem(Item);
    },

    async getMany(failedKeys) {
      const keys = [...new Set(failedKeys)].map((failedKey) => ({ failedKey: { S: failedKey } }));
      const found = await readMany(client, table, keys, { what: "failed messages", isConsistent: true });
      const rows = found.map(fromItem);
      return new Map(rows.map((row) => [row.failedKey, row]));
    },

    put: (row, expectedRevision) => optimisticPut(client, table, toStored(row), expectedRevision),

    async list(status, { limit, order = "oldest", of, ...range }) {
      // Its share, twice the standard deviation, and the row at the cursor: a smaller part is read on too often.
      const share = limit / SHARDS[of ?? "consumers"].length;
      const part = { order, limit: Math.ceil(share + 2 * Math.sqrt(share)) + 1, ...range };
      const partitions = partitionsOf(status, of);
      const { items, hasMore } = await mergeSorted(
        partitions.map((partition) => () => readPartition(client, table, { partition, ...part })),
        limit,
        (one, other) => (order === "oldest" ? placeIn(one) < placeIn(other) : placeIn(one) > placeIn(other)),
      );
      const rows = items.map((item) => listedFrom(item, status));
      const last = rows.at(-1);
      return hasMore && last !== undefined ? { rows, cursor: placeOf(last) } : { rows };
    },

    async readProgress(step) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: progressKey(step), ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const { failedKey: _, ...progress } = readRow(Item);
      return progress as unknown as ListingProgress;
    },

    async saveProgress(step, progress) {
      // Without a place the row is in no listing; no message has such a key.
      const Item = { ...marshall(progress, { removeUndefinedValues: true }), ...progressKey(step) };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}

/** Rows of one partition, in parts. */
async function readPartition(
  client: DynamoDBClient,
  table: string,
  asked: Parameters<typeof queryListing>[2],
  start?: Row,
): Promise<Part<Row>> {
  const { items, behind } = await queryListing(client, table, asked, start);
  if (behind === undefined) return { items };
  return { items, next: () => readPartition(client, table, asked, behind) };
}

const placeIn = (item: Row): string => item[sortKey]?.S ?? "";

function listedFrom(item: Row, status: FailedStatus): ListedMessage {
  const { [partitionKey]: _, [sortKey]: __, ...fields } = readRow(item);
  return { ...fields, status, dueAt: dueAtOf(placeIn(item)) } as unknown as ListedMessage;
}

/** A row as it is stored: attributes are pairs of name and value. */
type StoredMessage = Omit<FailedMessage, "attributes"> & {
  readonly attributes: readonly (readonly [name: string, value: FailedMessage["attributes"][string]])[];
  readonly [partitionKey]: string;
  readonly [sortKey]: string;
};

/**
 * The names of attributes come from outside. In an object, marshall takes one named `constructor` for the class of a
 * value, and loses `__proto__`.
 */
function toStored(row: FailedMessage): StoredMessage {
  const attributes = Object.entries(row.attributes);
  return { ...row, attributes, [partitionKey]: partitionOf(row), [sortKey]: placeOf(row) };
}

function fromItem(item: Row): FailedMessage {
  const { [partitionKey]: _, [sortKey]: __, ...row } = readRow(item) as unknown as StoredMessage;
  // A row that another writer changed must not make its whole listing unreadable.
  const { attributes } = row as { readonly attributes?: unknown };
  const isRead = Array.isArray(attributes) && attributes.every((pair) => Array.isArray(pair));
  return {
    ...row,
    history: row.history ?? [],
    attributes: isRead ? Object.fromEntries(row.attributes) : { ...(attributes ?? {}) },
  };
}
