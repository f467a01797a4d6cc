import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import { grantTable } from "./table-grants.ts";

/** One conditional write, and a read of what was there. */
export const grantPlaceOrders = (orders: ITable): Grant =>
  grantTable(orders, ENV.ordersTable, "PutItem", "GetItem");

/** One conditional update, which returns the row. */
export const grantMoveOrders = (orders: ITable): Grant => grantTable(orders, ENV.ordersTable, "UpdateItem");

/** `Scan` finds orders by their attributes. */
export const grantReadOrders = (orders: ITable, ...also: readonly "Scan"[]): Grant =>
  grantTable(orders, ENV.ordersTable, "GetItem", ...also);

/** Reads the orders of a whole batch in one call. */
export const grantReadOrdersInBatches = (orders: ITable): Grant =>
  grantTable(orders, ENV.ordersTable, "BatchGetItem");

/** Changes orders and stock in one transaction, which needs the permission of each update in it. */
export const grantDecideOrders =
  (orders: ITable, stock: ITable): Grant =>
  (holder) =>
    holder.grant(
      grantTable(orders, ENV.ordersTable, "UpdateItem"),
      grantTable(stock, ENV.stockTable, "UpdateItem"),
    );

export const grantCountStock = (stock: ITable): Grant =>
  grantTable(stock, ENV.stockTable, "UpdateItem", "GetItem");
