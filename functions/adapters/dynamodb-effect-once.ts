import {
  type CancellationReason,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Clock, systemClock } from "../middleware/clock.ts";
import {
  type Condition,
  type EffectMarks,
  type EffectOnce,
  type EffectWrite,
  type Refusal,
  type Row,
  refuseWrites,
} from "../middleware/effect-once.ts";
import { EFFECT_KEYS } from "../middleware/engine-names.ts";
import { isTransient, readRow, retryOnConflict } from "./dynamodb-client.ts";

/** The table has the keys `eventId` and `consumer`, both strings. A mark never expires: a message that returns years later must still be a duplicate. */
export function dynamoDbEffectOnce(
  client: DynamoDBClient,
  table: string,
  consumer: string,
  clock: Clock = systemClock,
): EffectOnce {
  const keyOf = (eventId: string) => ({
    [EFFECT_KEYS.partition]: { S: eventId },
    [EFFECT_KEYS.sort]: { S: consumer },
  });

  function markOf(eventId: string): TransactWriteItem {
    return {
      Put: {
        TableName: table,
        Item: { ...keyOf(eventId), at: { S: new Date(clock.now()).toISOString() } },
        ConditionExpression: `attribute_not_exists(${EFFECT_KEYS.partition})`,
      },
    };
  }

  async function isMarked(eventId: string): Promise<boolean> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(eventId), ConsistentRead: true }),
    );
    return Item !== undefined;
  }

  return {
    async apply(eventId, writes, deadline) {
      refuseWrites(writes);
      const TransactItems = [markOf(eventId), ...writes.map(itemOf)];
      const write = () => client.send(new TransactWriteItemsCommand({ TransactItems }));
      try {
        await retryOnConflict(clock, deadline, write, isRetryable);
        return { kind: "done" };
      } catch (error) {
        const { mark, own } = reasonsOf(error);
        if (mark?.Code === FAILED) return { kind: "duplicate" };
        const refusals = refusalsOf(own);
        if (refusals.length === 0) throw error;
        // DynamoDB does not promise to report every failed condition, and another call may have been done meanwhile.
        return (await isMarked(eventId)) ? { kind: "duplicate" } : { kind: "refused", refusals };
      }
    },
  };
}

export function dynamoDbEffectMarks(client: DynamoDBClient, table: string): EffectMarks {
  return {
    async consumersOf(eventId) {
      const consumers = new Set<string>();
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: `${EFFECT_KEYS.partition} = :id`,
          ExpressionAttributeValues: { ":id": { S: eventId } },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages)
        for (const { [EFFECT_KEYS.sort]: consumer } of Items)
          if (consumer?.S !== undefined) consumers.add(consumer.S);
      return consumers;
    },
  };
}

const FAILED = "ConditionalCheckFailed";

interface Reasons {
  readonly mark: CancellationReason | undefined;
  readonly own: readonly CancellationReason[];
}

/** The reasons are in the sequence of the items; the mark is the first. */
function reasonsOf(error: unknown): Reasons {
  if (!(error instanceof TransactionCanceledException)) return { mark: undefined, own: [] };
  const [mark, ...own] = error.CancellationReasons ?? [];
  return { mark, own };
}

/**
 * A conflict at the mark is another call for the same event: its effect may be why a condition failed, so the next
 * attempt decides.
 */
function isRetryable(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException))
    return isTransient((error as Error | undefined)?.name);
  const { mark, own } = reasonsOf(error);
  if (mark?.Code === FAILED) return false;
  if (isTransient(mark?.Code)) return true;
  return !own.some(({ Code }) => Code === FAILED) && own.some(({ Code }) => isTransient(Code));
}

function refusalsOf(own: readonly CancellationReason[]): readonly Refusal[] {
  return own.flatMap(({ Code, Item }, index) => {
    if (Code !== FAILED) return [];
    const exists = Item !== undefined && Object.keys(Item).length > 0;
    return [{ index, row: exists ? (readRow(Item) as Row) : undefined }];
  });
}

function itemOf(write: EffectWrite): TransactWriteItem {
  const TableName = write.table;
  const Key = marshall(write.key);
  const expressions = newExpressions();
  const condition = conditionOf(write.when, write.key, expressions);
  const onFailure = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
  const guard = () => ({
    ...(condition !== undefined && { ConditionExpression: condition, ...onFailure }),
    ...expressions.used(),
  });
  switch (write.kind) {
    case "put":
      return { Put: { TableName, Item: marshall({ ...write.row, ...write.key }, OPTIONS), ...guard() } };
    case "update": {
      const UpdateExpression = updateOf(write, expressions);
      return { Update: { TableName, Key, UpdateExpression, ...guard() } };
    }
    case "delete":
      return { Delete: { TableName, Key, ...guard() } };
    case "check":
      return {
        ConditionCheck: {
          TableName,
          Key,
          ConditionExpression: condition,
          ...onFailure,
          ...expressions.used(),
        },
      };
    default:
      return write satisfies never;
  }
}

const OPTIONS = { removeUndefinedValues: true } as const;

/** Placeholders for names and values: any attribute may be named as a reserved word. */
function newExpressions() {
  const names = new Map<string, string>();
  const values = new Map<string, unknown>();
  return {
    name(attribute: string): string {
      const placeholder = `#n${names.size}`;
      names.set(placeholder, attribute);
      return placeholder;
    },
    value(value: unknown): string {
      const placeholder = `:v${values.size}`;
      values.set(placeholder, value);
      return placeholder;
    },
    used: () => ({
      ...(names.size > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(values.size > 0 && { ExpressionAttributeValues: marshall(Object.fromEntries(values), OPTIONS) }),
    }),
  };
}

type Expressions = ReturnType<typeof newExpressions>;

function conditionOf(
  { exists, equals = {}, atLeast = {} }: Condition = {},
  key: EffectWrite["key"],
  { name, value }: Expressions,
): string | undefined {
  const [partitionKey = ""] = Object.keys(key);
  const parts = [
    ...(exists === undefined
      ? []
      : [`${exists ? "attribute_exists" : "attribute_not_exists"}(${name(partitionKey)})`]),
    ...Object.entries(equals).map(([attribute, wanted]) => `${name(attribute)} = ${value(wanted)}`),
    ...Object.entries(atLeast).map(([attribute, least]) => `${name(attribute)} >= ${value(least)}`),
  ];
  return parts.length === 0 ? undefined : parts.join(" AND ");
}

function updateOf(
  { set = {}, add = {} }: Extract<EffectWrite, { kind: "update" }>,
  { name, value }: Expressions,
): string {
  const sets = Object.entries(set).map(([attribute, wanted]) => `${name(attribute)} = ${value(wanted)}`);
  const adds = Object.entries(add).map(([attribute, by]) => `${name(attribute)} ${value(by)}`);
  return [
    ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(", ")}`] : []),
  ].join(" ");
}
