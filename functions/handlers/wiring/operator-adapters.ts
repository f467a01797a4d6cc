import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbEffectMarks } from "../../adapters/dynamodb-effect-once.ts";
import { dynamoDbJobStore } from "../../adapters/dynamodb-job-store.ts";
import { dynamoDbNotifications } from "../../adapters/dynamodb-notifications.ts";
import { dynamoDbOrderFinder } from "../../adapters/dynamodb-order-finder.ts";
import { dynamoDbOrderScan } from "../../adapters/dynamodb-order-scan.ts";
import { dynamoDbOrderStore } from "../../adapters/dynamodb-order-store.ts";
import { dynamoDbSuppressions } from "../../adapters/dynamodb-suppressions.ts";
import { snsTopic } from "../../adapters/sns-topic.ts";
import { sqsQueues } from "../../adapters/sqs-queues.ts";
import type { JobPorts } from "../../failures/jobs/run-jobs.ts";
import { isOutage } from "../../middleware/http.ts";
import { decodeEvent } from "../../orders/decode-event.ts";
import type { OrderFinder } from "../../orders/ports/order-finder.ts";
import type { SuppressionPorts } from "../../orders/unsuppress-address.ts";
import { auditLine, clock, environment, newId, optionalVariable } from "./environment.ts";
import { failurePorts } from "./failure-ports.ts";

/** The ports of the operators' routes, and of maintenance, which continues their jobs. */
export function operatorPorts(
  client: DynamoDBClient = dynamoDbClient(),
): JobPorts & SuppressionPorts & { readonly finder: OrderFinder } {
  const env = environment(
    "ordersTable",
    "notificationsTable",
    "failedMessagesTable",
    "effectsTable",
    "topicArn",
    "sourceQueues",
  );
  const orders = dynamoDbOrderStore(client, env.ordersTable, clock);
  const isByCustomer = optionalVariable("ordersByCustomer") !== undefined;
  return {
    ...failurePorts(client),
    orders,
    finder: dynamoDbOrderFinder(client, env.ordersTable, orders, isByCustomer),
    notifications: dynamoDbNotifications(client, env.notificationsTable, newId),
    suppressions: dynamoDbSuppressions(client, env.notificationsTable),
    effectMarks: dynamoDbEffectMarks(client, env.effectsTable),
    orderScan: dynamoDbOrderScan(client, env.ordersTable),
    jobs: dynamoDbJobStore(client, env.failedMessagesTable),
    queues: sqsQueues(),
    publisher: snsTopic(env.topicArn, clock),
    sourceQueues: JSON.parse(env.sourceQueues) as Record<string, string>,
    decode: decodeEvent,
    isOutage,
    audit: auditLine,
  };
}
