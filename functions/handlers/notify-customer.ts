import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbNotifications } from "../adapters/dynamodb-notifications.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { sesMailer } from "../adapters/ses-mailer.ts";
import { environment, optional } from "../compose/env.ts";
import { eventConsumer } from "../compose/event-consumer.ts";
import { clock, newId } from "../compose/instance.ts";
import { notifyCustomer } from "../use-cases/notify-customer.ts";

/** order.confirmed, order.rejected, order.cancelled → one mail to the customer each. */
const client = dynamoDbClient();
const { ordersTable, notificationsTable } = environment("ordersTable", "notificationsTable");
const sender = optional("mailSender");

export const handler = eventConsumer(
  "notify-customer",
  notifyCustomer({
    orders: dynamoDbOrders(client, ordersTable, clock),
    notifications: dynamoDbNotifications(client, notificationsTable, newId),
    mailer: sender === undefined ? undefined : sesMailer(sender),
    clock,
  }),
);
