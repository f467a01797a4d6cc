import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { ORDERS_BY_CUSTOMER, UNFINISHED_ORDERS } from "../contract/names.ts";
import { isOrderId, type Order } from "../orders/domain/order.ts";
import type { FoundBy, FoundOrders, OrderFilter, OrderFinder } from "../orders/ports/order-finder.ts";
import type { OrderStore } from "../orders/ports/order-store.ts";
import { orderFromRow, type Row, UNFINISHED_SHARDS } from "./order-row.ts";

/** Rows of one read of the table, most of which a filter leaves out. */
const SCANNED = 500;
/** Before and behind every time. */
const [FIRST, LAST] = ["0", "9"];
const TIME = /^\d{4}-[\d:T.-]{5,25}Z$/;

export function dynamoDbOrderFinder(
  client: DynamoDBClient,
  table: string,
  orders: Pick<OrderStore, "getMany">,
  hasCustomerIndex: boolean,
): OrderFinder {
  /** The orders of an index, which has their keys only, as their rows are now. */
  async function read(
    { Items = [], ConsumedCapacity }: QueryCommandOutput,
    by: FoundBy,
    filter: OrderFilter,
    cursor: string | undefined,
  ): Promise<FoundOrders> {
    const ids = Items.map(({ orderId }) => orderId?.S ?? "");
    const rows = ids.length === 0 ? new Map() : await orders.getMany(ids);
    return {
      orders: ids.flatMap((id) => rows.get(id) ?? []).filter((order) => matches(order, filter)),
      by,
      // Each row is read consistently: a unit, as most are below 4 KB.
      readUnits: (ConsumedCapacity?.CapacityUnits ?? 0) + ids.length,
      ...(cursor !== undefined && { cursor }),
    };
  }

  /** The page of one key of an index, in the sequence of the orders' times. */
  const query = (
    indexName: string,
    key: string,
    value: string,
    filter: OrderFilter,
    limit: number,
    start: Row | undefined,
  ) =>
    client.send(
      new QueryCommand({
        TableName: table,
        IndexName: indexName,
        Limit: limit,
        ReturnConsumedCapacity: "TOTAL",
        KeyConditionExpression: "#key = :value AND createdAt BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#key": key },
        ExpressionAttributeValues: {
          ":value": { S: value },
          ":from": { S: filter.from ?? FIRST },
          ":to": { S: filter.to ?? LAST },
        },
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );

  /** The cursor names a shard and a place in it: `<shard>` or `<shard>~<time>~<orderId>`. */
  async function pending(filter: OrderFilter, limit: number, cursor = UNFINISHED_SHARDS[0] ?? "") {
    const [shard = "", ...place] = cursor.split("~");
    const at = UNFINISHED_SHARDS.indexOf(shard);
    const start = place.length === 0 ? undefined : startAt(place, UNFINISHED_ORDERS.partitionKey, shard);
    if (at < 0 || start === null) return undefined;
    const page = await query(
      UNFINISHED_ORDERS.indexName,
      UNFINISHED_ORDERS.partitionKey,
      shard,
      filter,
      limit,
      start,
    );
    const behind = placeOf(page.LastEvaluatedKey);
    const next = behind === undefined ? UNFINISHED_SHARDS[at + 1] : `${shard}~${behind}`;
    return read(page, "pending-index", filter, next);
  }

  async function ofCustomer(customerId: string, filter: OrderFilter, limit: number, cursor?: string) {
    const { indexName, partitionKey } = ORDERS_BY_CUSTOMER;
    const start = cursor === undefined ? undefined : startAt(cursor.split("~"), partitionKey, customerId);
    if (start === null) return undefined;
    const page = await query(indexName, partitionKey, customerId, filter, limit, start);
    return read(page, "customer-index", filter, placeOf(page.LastEvaluatedKey));
  }

  async function scan(filter: OrderFilter, limit: number, cursor?: string): Promise<FoundOrders | undefined> {
    if (cursor !== undefined && !isOrderId(cursor)) return undefined;
    const {
      Items = [],
      LastEvaluatedKey,
      ConsumedCapacity,
    } = await client.send(
      new ScanCommand({
        TableName: table,
        Limit: SCANNED,
        ReturnConsumedCapacity: "TOTAL",
        ...(cursor !== undefined && { ExclusiveStartKey: { orderId: { S: cursor } } }),
      }),
    );
    const found = Items.map(orderFromRow).filter((order) => matches(order, filter));
    const page = found.slice(0, limit);
    const next = found.length > limit ? page.at(-1)?.orderId : LastEvaluatedKey?.["orderId"]?.S;
    return {
      orders: page,
      by: "scan",
      readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
      ...(next !== undefined && { cursor: next }),
    };
  }

  return {
    find(filter, limit, cursor) {
      const { customerId, status } = filter;
      if (customerId !== undefined && hasCustomerIndex) return ofCustomer(customerId, filter, limit, cursor);
      return status === "PENDING" ? pending(filter, limit, cursor) : scan(filter, limit, cursor);
    },
  };
}

function matches(
  order: Order,
  { customerId = order.customerId, status = order.status, from = FIRST, to = LAST }: OrderFilter,
): boolean {
  return (
    order.customerId === customerId &&
    order.status === status &&
    order.createdAt >= from &&
    order.createdAt <= to
  );
}

function placeOf(key: Row | undefined): string | undefined {
  return key === undefined ? undefined : `${key["createdAt"]?.S}~${key["orderId"]?.S}`;
}

/** The key behind which a query continues; `null` for a place that no query named. */
function startAt(
  [createdAt = "", orderId = "", ...more]: readonly string[],
  key: string,
  value: string,
): Record<string, AttributeValue> | null {
  if (!TIME.test(createdAt) || !isOrderId(orderId) || more.length > 0) return null;
  return { [key]: { S: value }, createdAt: { S: createdAt }, orderId: { S: orderId } };
}
