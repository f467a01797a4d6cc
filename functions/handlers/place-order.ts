import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { eventIdOf } from "../contract/order-status.ts";
import { isPlaceOrder } from "../contract/request-validators.js";
import { idempotencyKeyOf, traceparentOf } from "../middleware/http-request.ts";
import { viewOf } from "../orders/domain/order.ts";
import { placeOrder } from "../orders/order-commands.ts";
import { clock, environment, write } from "./wiring/environment.ts";
import { admissionOfEnvironment, orderHttp } from "./wiring/order-http.ts";

/** POST /orders */
const { ordersTable } = environment("ordersTable");
const place = placeOrder({
  orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock),
  admission: await admissionOfEnvironment(),
  clock,
});

export const handler = orderHttp<"place-order">({
  "POST /orders": async (request) => {
    const at = clock.now();
    const key = idempotencyKeyOf(request);
    const order = await place(request.json(isPlaceOrder), key, traceparentOf(request));
    const eventId = eventIdOf(order.orderId, 1, "order.created");
    write(
      `${JSON.stringify({ audit: "accepted", at, type: "order.created", eventId, ms: clock.now() - at })}\n`,
    );
    // API Gateway routes `/v1/orders/` and `/v1//orders` here as well; no resource has an empty segment.
    const location = `${request.path.replace(/\/+/g, "/").replace(/\/$/, "")}/${order.orderId}`;
    return { status: 202, headers: { location }, body: viewOf(order) };
  },
});
