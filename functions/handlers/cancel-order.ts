import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { viewOf } from "../orders/domain/order.ts";
import { moveOrder } from "../orders/order-commands.ts";
import { clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** POST /orders/{orderId}/cancel */
const { ordersTable } = environment("ordersTable");
const cancel = moveOrder(
  { orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock), clock },
  "CANCELLED",
);

export const handler = orderHttp<"cancel-order">({
  "POST /orders/{orderId}/cancel": async (request) => ({
    status: 200,
    body: viewOf(await cancel(request.parameter("orderId"))),
  }),
});
