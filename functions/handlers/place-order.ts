import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { sqsQueues } from "../adapters/sqs-queues.ts";
import { clock, write } from "../compose.ts";
import { isPlaceOrder } from "../contract/validators.js";
import { viewOf } from "../domain/order.ts";
import { environment, integer } from "../env.ts";
import { http } from "../middleware/http.ts";
import { idempotencyKeyOf, traceparentOf } from "../middleware/http-headers.ts";
import { admission } from "../use-cases/admission.ts";
import { placeOrder } from "../use-cases/place-order.ts";

/** POST /orders */
const { ordersTable, backlogQueueUrl } = environment("ordersTable", "backlogQueueUrl");
const place = placeOrder({
  orders: dynamoDbOrders(dynamoDbClient(), ordersTable, clock),
  admission: admission({ queues: sqsQueues(), clock }, backlogQueueUrl, integer("backlogLimit", 10_000)),
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
