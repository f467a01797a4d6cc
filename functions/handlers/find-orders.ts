import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderFinder } from "../adapters/dynamodb-order-finder.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { isListOrders } from "../contract/operator-validators.js";
import { queryOf } from "../middleware/http-query.ts";
import { findOrders } from "../orders/matching-orders.ts";
import { clock, environment, optionalVariable } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** GET /orders */
const QUERY = { isValid: isListOrders, names: ["customerId", "status", "from", "to", "limit", "cursor"] };

const { ordersTable } = environment("ordersTable");
const client = dynamoDbClient();
const hasCustomerIndex = optionalVariable("ordersByCustomer") !== undefined;
const orders = dynamoDbOrderStore(client, ordersTable, clock);
const find = findOrders({
  finder: dynamoDbOrderFinder(client, ordersTable, orders, hasCustomerIndex),
  clock,
});

export const handler = orderHttp<"find-orders">({
  "GET /orders": async (request) => ({ status: 200, body: await find(queryOf(request, QUERY)) }),
});
