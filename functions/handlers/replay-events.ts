import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbEffectMarks } from "../adapters/dynamodb-effect-once.ts";
import { dynamoDbNotifications } from "../adapters/dynamodb-notifications.ts";
import { dynamoDbOrderStore } from "../adapters/dynamodb-order-store.ts";
import { sqsQueues } from "../adapters/sqs-queues.ts";
import { isReplay } from "../contract/operator-validators.js";
import { readEvent, replayEvent } from "../failures/operators/replay-event.ts";
import { auditAs, clock, environment, newId } from "./wiring/environment.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** POST /orders/{orderId}/replays, GET /order-events/{eventId} */
const { ordersTable, notificationsTable, effectsTable, sourceQueues } = environment(
  "ordersTable",
  "notificationsTable",
  "effectsTable",
  "sourceQueues",
);
const client = dynamoDbClient();
const orders = dynamoDbOrderStore(client, ordersTable, clock);
const read = readEvent({ orders });
const replay = replayEvent({
  orders,
  notifications: dynamoDbNotifications(client, notificationsTable, newId),
  effectMarks: dynamoDbEffectMarks(client, effectsTable),
  queues: sqsQueues(),
  sourceQueues: JSON.parse(sourceQueues) as Record<string, string>,
  audit: auditAs("operator"),
});

export const handler = orderHttp<"replay-events">({
  "POST /orders/{orderId}/replays": async (request) => {
    const body = await replay(request.parameter("orderId"), request.json(isReplay), request.caller);
    return { status: 200, body };
  },
  "GET /order-events/{eventId}": async (request) => ({
    status: 200,
    body: await read(request.parameter("eventId")),
  }),
});
