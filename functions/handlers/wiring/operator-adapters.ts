import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbEffectMarks } from "../../adapters/dynamodb-effect-once.ts";
import { dynamoDbJobStore } from "../../adapters/dynamodb-job-store.ts";
import { dynamoDbNotifications } from "../../adapters/dynamodb-notifications.ts";
import { dynamoDbOrderScan } from "../../adapters/dynamodb-order-scan.ts";
import { dynamoDbOrderStore } from "../../adapters/dynamodb-order-store.ts";
import { snsTopic } from "../../adapters/sns-topic.ts";
import { sqsQueues } from "../../adapters/sqs-queues.ts";
import type { JobPorts } from "../../failures/jobs/run-jobs.ts";
import type { ActPorts } from "../../failures/operator-ports.ts";
import { isOutage } from "../../middleware/http.ts";
import { decodeEvent } from "../../orders/decode-event.ts";
import { auditAs, clock, environment, newId } from "./environment.ts";
import { failurePorts } from "./failure-ports.ts";

/** The ports of operators' acts on failed messages. */
export function actPorts(client = dynamoDbClient()): ActPorts {
  const env = environment(
    "ordersTable",
    "notificationsTable",
    "failedMessagesTable",
    "effectsTable",
    "topicArn",
    "sourceQueues",
  );
  return {
    ...failurePorts(client),
    orders: dynamoDbOrderStore(client, env.ordersTable, clock),
    notifications: dynamoDbNotifications(client, env.notificationsTable, newId),
    effectMarks: dynamoDbEffectMarks(client, env.effectsTable),
    queues: sqsQueues(),
    publisher: snsTopic(env.topicArn, clock),
    sourceQueues: JSON.parse(env.sourceQueues) as Record<string, string>,
    decode: decodeEvent,
    isOutage,
    audit: auditAs("operator"),
  };
}

/** The ports of jobs, which the API starts and maintenance continues. */
export function jobPorts(client = dynamoDbClient()): JobPorts {
  const ports = actPorts(client);
  const { ordersTable, failedMessagesTable } = environment("ordersTable", "failedMessagesTable");
  return {
    ...ports,
    orderScan: dynamoDbOrderScan(client, ordersTable),
    jobs: dynamoDbJobStore(client, failedMessagesTable),
  };
}
