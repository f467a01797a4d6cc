import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { ENV } from "../../../functions/contract/names.ts";
import type { Right } from "../function.ts";
import { reach } from "./table-grants.ts";

/** One conditional write, and a read of what was there. */
export const placeOrders = (orders: Table): Right => reach(orders, ENV.ordersTable, "PutItem", "GetItem");

/** One conditional update, which answers the row. */
export const cancelOrders = (orders: Table): Right => reach(orders, ENV.ordersTable, "UpdateItem");

/** `Scan` finds orders by what they are. */
export const readOrders = (orders: Table, ...also: readonly "Scan"[]): Right =>
  reach(orders, ENV.ordersTable, "GetItem", ...also);

/** Reads the orders of a whole batch in one call. */
export const readOrdersInBatches = (orders: Table): Right => reach(orders, ENV.ordersTable, "BatchGetItem");

/** Changes orders and stock in one transaction, which needs the right of the updates that it holds. */
export const settleOrders =
  (orders: Table, stock: Table): Right =>
  (holder) =>
    holder.may(reach(orders, ENV.ordersTable, "UpdateItem"), reach(stock, ENV.stockTable, "UpdateItem"));

export const countStock = (stock: Table): Right => reach(stock, ENV.stockTable, "UpdateItem", "GetItem");
