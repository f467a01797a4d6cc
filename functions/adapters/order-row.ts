import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { UNFINISHED_ORDERS } from "../contract/names.ts";
import { isUnfinished } from "../contract/order-status.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { Transport } from "../middleware/transport.ts";
import { dynamoDbStream, type StreamRecord } from "../middleware/transports/dynamodb-stream.ts";
import { eventOfChange, ID_ALPHABET, type Order } from "../orders/domain/order.ts";
import { readRow } from "./dynamodb-client.ts";

export type Row = Record<string, AttributeValue>;

/** An unfinished order is also in the index of those. */
export function orderToRow(order: Order): Row {
  const indexed = isUnfinished(order) ? { [partitionKey]: shardOf(order.orderId) } : {};
  return marshall({ ...order, ...indexed }, { removeUndefinedValues: true });
}

/** Unchecked: rows are written only by `orderToRow` and by updates of single attributes. Other attributes may exist. */
export function orderFromRow(row: Row): Order {
  const { [partitionKey]: _, [waits]: __, ...order } = readRow(row);
  return order as unknown as Order;
}

const { partitionKey, waits } = UNFINISHED_ORDERS;

/** In an update that finishes an order: takes it out of the index. */
export const NO_LONGER_UNFINISHED = `REMOVE ${partitionKey}, ${waits}`;
/** In an update that leaves an order unfinished at `:at`: puts it into the index. Its values: `shardValue`. */
export const NOW_UNFINISHED = `, ${partitionKey} = :shard, ${waits} = :at`;
export const shardValue = (orderId: string): Row => ({ ":shard": { S: shardOf(orderId) } });

/** A digit of base32 each. An index partition takes 1,000 writes a second, and an order makes two. */
export const UNFINISHED_SHARDS: readonly string[] = [...ID_ALPHABET];

/** The last digit of an order id, which is a hash. */
function shardOf(orderId: string): string {
  return orderId.slice(-1);
}

export interface StreamImages {
  readonly OldImage?: Readonly<Record<string, unknown>>;
  readonly NewImage?: Readonly<Record<string, unknown>>;
}

/** The event of one change of an order row, if it has one. Throws where an image is not an order row. */
export function eventOfStreamRecord({ OldImage, NewImage }: StreamImages): OrderEvent | undefined {
  const before = OldImage === undefined ? undefined : orderFromRow(OldImage as Row);
  const after = NewImage === undefined ? undefined : orderFromRow(NewImage as Row);
  return eventOfChange(before, after);
}

/** An image of an order row as JSON, without the contact: it is stored where no event can be made of it. */
export function imageText(image: Readonly<Record<string, unknown>> | undefined): string {
  const { contact: _, ...rest } = image ?? {};
  return JSON.stringify(rest);
}

/** The stream of the orders table. A row that cannot be published is parked without the address of its customer. */
export function orderStream(): Transport<StreamRecord> {
  return { ...dynamoDbStream(), body: ({ dynamodb }) => imageText(dynamodb.NewImage ?? dynamodb.Keys) };
}
