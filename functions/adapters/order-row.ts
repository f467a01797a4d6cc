import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Order } from "../orders/domain/order.ts";

export type Row = Record<string, AttributeValue>;

export function orderToRow(order: Order): Row {
  return marshall(order, { removeUndefinedValues: true });
}

/** Rows are only written by `orderToRow` and by updates of single attributes. */
export function orderFromRow(row: Row): Order {
  return unmarshall(row) as Order;
}
