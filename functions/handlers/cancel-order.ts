import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { environment } from "../compose/env.ts";
import { clock, write } from "../compose/instance.ts";
import { viewOf } from "../domain/order.ts";
import { http } from "../middleware/http.ts";
import { cancelOrder } from "../use-cases/cancel-order.ts";

/** POST /orders/{orderId}/cancel */
const { ordersTable } = environment("ordersTable");
const cancel = cancelOrder({ orders: dynamoDbOrders(dynamoDbClient(), ordersTable, clock), clock });

export const handler = http(
  {
    "POST /orders/{orderId}/cancel": async (request) => ({
      status: 200,
      body: viewOf(await cancel(request.parameter("orderId"))),
    }),
  },
  write,
);
