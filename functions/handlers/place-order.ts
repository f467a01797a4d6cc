import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { admissionOfEnvironment } from "../compose/admission.ts";
import { environment } from "../compose/env.ts";
import { clock, write } from "../compose/instance.ts";
import { isPlaceOrder } from "../contract/validators.js";
import { viewOf } from "../domain/order.ts";
import { http } from "../middleware/http.ts";
import { idempotencyKeyOf, traceparentOf } from "../middleware/http-headers.ts";
import { placeOrder } from "../use-cases/place-order.ts";

/** POST /orders */
const { ordersTable } = environment("ordersTable");
const place = placeOrder({
  orders: dynamoDbOrders(dynamoDbClient(), ordersTable, clock),
  admission: admissionOfEnvironment(),
  clock,
});

export const handler = http(
  {
    "POST /orders": async (request) => {
      const key = idempotencyKeyOf(request);
      const order = await place(request.json(isPlaceOrder), key, traceparentOf(request));
      const location = `${request.path}/${order.orderId}`;
      return { status: 202, headers: { location }, body: viewOf(order) };
    },
  },
  write,
);
