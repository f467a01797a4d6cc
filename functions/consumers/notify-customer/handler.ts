import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbMailSlots } from "../../adapters/dynamodb-mail-slots.ts";
import { dynamoDbNotifications } from "../../adapters/dynamodb-notifications.ts";
import { dynamoDbOrderStore } from "../../adapters/dynamodb-order-store.ts";
import { dynamoDbSuppressions } from "../../adapters/dynamodb-suppressions.ts";
import { sesMailer } from "../../adapters/ses-mailer.ts";
import { METRICS } from "../../contract/names.ts";
import {
  clock,
  count,
  environment,
  integerVariable,
  newId,
  optionalVariable,
} from "../../handlers/wiring/environment.ts";
import { eventConsumer } from "../../handlers/wiring/event-consumer.ts";
import { mailPace, sharedMailPace } from "../../orders/mail-pace.ts";
import { sendNotifications } from "../../orders/send-notifications.ts";
import { notifyCustomer } from "./consumer.ts";

/** Each event with a mail in the table of statuses → one mail to the customer. */
const client = dynamoDbClient();
const { ordersTable, notificationsTable } = environment("ordersTable", "notificationsTable");
const sender = optionalVariable("mailSender");
const sharedIntervalMs = integerVariable("sharedMailIntervalMs", 0);

export const handler = eventConsumer(
  notifyCustomer,
  sendNotifications({
    orders: dynamoDbOrderStore(client, ordersTable, clock),
    notifications: dynamoDbNotifications(client, notificationsTable, newId),
    suppressions: dynamoDbSuppressions(client, notificationsTable),
    mailer: sender === undefined ? undefined : sesMailer(sender, optionalVariable("mailConfigurationSet")),
    pace:
      sharedIntervalMs === 0
        ? mailPace(clock, integerVariable("mailIntervalMs", 0))
        : sharedMailPace(clock, dynamoDbMailSlots(client, notificationsTable), sharedIntervalMs),
    clock,
    onThrottled: count(METRICS.mailsThrottled),
  }),
);
