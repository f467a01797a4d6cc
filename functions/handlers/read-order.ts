import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { viewOf } from "../orders/domain/order.ts";
import { readOrder } from "../orders/order-commands.ts";
import { clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** GET /orders/{orderId} and GET /openapi.json */
const { ordersTable } = environment("ordersTable");
const read = readOrder({ orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock) });

export const handler = orderHttp<"read-order">({
  "GET /orders/{orderId}": async (request) => ({
    status: 200,
    body: viewOf(await read(request.parameter("orderId"))),
  }),
  "GET /openapi.json": async () => {
    const { default: openapi } = await import("../contract/openapi.json", { with: { type: "json" } });
    return { status: 200, body: openapi };
  },
});
