import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { FailedStatus } from "../contract/failures.ts";
import { CURSOR_PREFIX, FAILED_BY_STATUS } from "../contract/failures.ts";
import { TABLE_KEYS } from "../contract/names.ts";
import type { FailedMessage } from "../failures/domain/failed-message.ts";
import type { FailedMessageStore } from "../failures/ports/failed-message-store.ts";
import { Problem } from "../middleware/problem.ts";
import { nextKey, readRow } from "./dynamodb-client.ts";
import { optimisticPut } from "./optimistic-put.ts";

export function dynamoDbFailedMessageStore(client: DynamoDBClient, table: string): FailedMessageStore {
  return {
    async get(failedKey) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { failedKey: { S: failedKey } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : fromItem(Item);
    },

    put: (row, expectedRevision) => optimisticPut(client, table, toStored(row), expectedRevision),

    async list(status, { dueBefore, limit, cursor }) {
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          ...byStatus(table, status, dueBefore),
          Limit: limit,
          ...(cursor === undefined ? {} : { ExclusiveStartKey: fromCursor(cursor, status) }),
        }),
      );
      const rows = (Items ?? []).map(fromItem);
      const next = nextKey(LastEvaluatedKey);
      return next === undefined ? { rows } : { rows, cursor: toCursor(next) };
    },

    async readCursor(name) {
      const key = { failedKey: { S: `${CURSOR_PREFIX}${name}` } };
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
      );
      return Item?.["cursor"]?.S;
    },

    async saveCursor(name, cursor) {
      // Without a status the row is in no listing; no message has such a key.
      const key = { failedKey: { S: `${CURSOR_PREFIX}${name}` } };
      const value = cursor === undefined ? {} : { cursor: { S: cursor } };
      await client.send(new PutItemCommand({ TableName: table, Item: { ...key, ...value } }));
    },

    async count(status) {
      let count = 0;
      let start: Record<string, AttributeValue> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            ...byStatus(table, status),
            Select: "COUNT",
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        count += page.Count ?? 0;
        start = nextKey(page.LastEvaluatedKey);
      } while (start !== undefined);
      return count;
    },
  };
}

/** A row as it is stored: attributes are pairs of name and value. */
type StoredMessage = Omit<FailedMessage, "attributes"> & {
  readonly attributes: readonly (readonly [name: string, value: FailedMessage["attributes"][string]])[];
};

/**
 * The names of attributes come from outside. In an object, marshall takes one named `constructor` for the class of a
 * value, and loses `__proto__`.
 */
function toStored(row: FailedMessage): StoredMessage {
  return { ...row, attributes: Object.entries(row.attributes) };
}

function fromItem(item: Record<string, AttributeValue>): FailedMessage {
  const row = readRow(item) as unknown as StoredMessage;
  // A row that another writer changed must not make its whole listing unreadable.
  const { attributes } = row as { readonly attributes?: unknown };
  const isRead = Array.isArray(attributes) && attributes.every((pair) => Array.isArray(pair));
  return {
    ...row,
    history: row.history ?? [],
    attributes: isRead ? Object.fromEntries(row.attributes) : { ...(attributes ?? {}) },
  };
}

function byStatus(table: string, status: FailedStatus, dueBefore?: string) {
  const { indexName, partitionKey, sortKey } = FAILED_BY_STATUS;
  const isDue = dueBefore !== undefined;
  return {
    TableName: table,
    IndexName: indexName,
    KeyConditionExpression: `#status = :status${isDue ? " AND #due <= :due" : ""}`,
    ExpressionAttributeNames: { "#status": partitionKey, ...(isDue ? { "#due": sortKey } : {}) },
    ExpressionAttributeValues: { ":status": { S: status }, ...(isDue ? { ":due": { S: dueBefore } } : {}) },
  };
}

function toCursor(key: Record<string, AttributeValue>): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** DynamoDB takes no longer sort key. */
const SORT_KEY_BYTES = 1_024;

/** Cursors come from clients: one that is not of this listing is the client's error. */
function fromCursor(cursor: string, status: FailedStatus): Record<string, AttributeValue> {
  const { partitionKey, sortKey } = FAILED_BY_STATUS;
  const names = [TABLE_KEYS.failedMessages, partitionKey, sortKey];
  const key = parsedCursor(cursor);
  const values = names.map((name) => [name, stringIn(key?.[name])] as const);
  const isKey =
    Object.keys(key ?? {}).length === names.length &&
    values.every(([, value]) => isKeyPart(value)) &&
    stringIn(key?.[partitionKey]) === status &&
    Buffer.byteLength(stringIn(key?.[sortKey]) ?? "") <= SORT_KEY_BYTES;
  if (!isKey) throw foreignCursor();
  return Object.fromEntries(values.map(([name, value = ""]) => [name, { S: value }]));
}

function parsedCursor(cursor: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return typeof key === "object" && key !== null ? (key as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The text of an attribute value that is a string and nothing else. */
function stringIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Object.keys(value).join() !== "S") return undefined;
  const { S } = value as { readonly S: unknown };
  return typeof S === "string" ? S : undefined;
}

/** Whether DynamoDB takes a text as a part of a key. A cursor is too short for a partition key that is too long. */
function isKeyPart(text: string | undefined): boolean {
  return text !== undefined && text !== "" && text.isWellFormed();
}

function foreignCursor(): Problem {
  return new Problem("INVALID_REQUEST", {
    detail: "The parameter cursor is not from a listing of this status.",
  });
}
