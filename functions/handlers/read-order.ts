import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { environment } from "../compose/env.ts";
import { clock, write } from "../compose/instance.ts";
import { viewOf } from "../domain/order.ts";
import { http } from "../middleware/http.ts";
import { readOrder } from "../use-cases/read-order.ts";

/** GET /orders/{orderId} and GET /openapi.json */
const { ordersTable } = environment("ordersTable");
const read = readOrder({ orders: dynamoDbOrders(dynamoDbClient(), ordersTable, clock) });

export const handler = http(
  {
    "GET /orders/{orderId}": async (request) => ({
      status: 200,
      body: viewOf(await read(request.parameter("orderId"))),
    }),
    "GET /openapi.json": async () => {
      const { default: openapi } = await import("../contract/openapi.json", { with: { type: "json" } });
      return { status: 200, body: openapi };
    },
  },
  write,
);
