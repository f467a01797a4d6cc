import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { ENV, ORDERS_BY_CUSTOMER, UNFINISHED_ORDERS } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { dynamodb, grantTable } from "./table-grants.ts";

/** One conditional write, and a read of the row as it was. */
export const grantPlaceOrders = (orders: ITable): ConsumerGrant =>
  grantTable(orders, ENV.ordersTable, "PutItem", "GetItem");

/** One conditional update, which returns the row. */
export const grantMoveOrders = (orders: ITable): ConsumerGrant =>
  grantTable(orders, ENV.ordersTable, "UpdateItem");

export const grantReadOrders = (orders: ITable): ConsumerGrant =>
  grantTable(orders, ENV.ordersTable, "GetItem");

/** Reads the whole table, for orders that no index finds. */
export const grantScanOrders = (orders: ITable): ConsumerGrant => grantTable(orders, ENV.ordersTable, "Scan");

/** Reads the orders of a whole batch in one call. */
export const grantReadOrdersInBatches = (orders: ITable): ConsumerGrant =>
  grantTable(orders, ENV.ordersTable, "BatchGetItem");

/** Finds orders by the index of unfinished orders, by that of customers where there is one, or in the whole table. */
export const grantFindOrders =
  (orders: ITable, { ordersByCustomer }: { readonly ordersByCustomer: boolean }): ConsumerGrant =>
  (holder) => {
    const indexes = [UNFINISHED_ORDERS, ...(ordersByCustomer ? [ORDERS_BY_CUSTOMER] : [])];
    holder
      .grant(grantReadOrdersInBatches(orders), grantScanOrders(orders))
      .allow(dynamodb(["Query"]), ...indexes.map(({ indexName }) => `${orders.tableArn}/index/${indexName}`));
    if (ordersByCustomer) holder.set(ENV.ordersByCustomer, "true");
  };

/** Finds the unfinished orders, reads them, and marks those that were checked. */
export const grantWatchOrders =
  (orders: ITable, maxPendingSeconds: number): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantReadOrdersInBatches(orders), grantTable(orders, ENV.ordersTable, "UpdateItem"))
      .allow(dynamodb(["Query"]), `${orders.tableArn}/index/${UNFINISHED_ORDERS.indexName}`)
      .set(ENV.maxPendingSeconds, maxPendingSeconds);

/** Changes orders and stock in one transaction, which needs the permission of each update in it. */
export const grantDecideOrders =
  (orders: ITable, stock: ITable): ConsumerGrant =>
  (holder) =>
    holder.grant(
      grantTable(orders, ENV.ordersTable, "UpdateItem"),
      grantTable(stock, ENV.stockTable, "UpdateItem"),
    );

export const grantCountStock = (stock: ITable): ConsumerGrant =>
  grantTable(stock, ENV.stockTable, "UpdateItem", "GetItem");
