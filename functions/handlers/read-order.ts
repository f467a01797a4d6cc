import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import type { AccessView } from "../contract/operator-answers.ts";
import type { Role } from "../contract/roles.ts";
import { viewOf } from "../orders/domain/order.ts";
import { readOrder } from "../orders/order-commands.ts";
import { clock, environment } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** GET /orders/{orderId}, and routes of any caller */
const { ordersTable } = environment("ordersTable");
const read = readOrder({ orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock) });

/** The gateway asks the caller's policies; a caller that is here has the role. */
const access = (role: Role) => async () => ({ status: 200, body: { role } satisfies AccessView });

export const handler = orderHttp<"read-order">({
  "GET /orders/{orderId}": async (request) => ({
    status: 200,
    body: viewOf(await read(request.parameter("orderId"))),
  }),
  "GET /openapi.json": async () => {
    const { default: openapi } = await import("../contract/openapi.json", { with: { type: "json" } });
    return { status: 200, body: openapi };
  },
  "GET /access/reader": access("reader"),
  "GET /access/operator": access("operator"),
  "GET /access/administrator": access("administrator"),
});
