import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbClient } from "./adapters/dynamodb-client.ts";
import { dynamoDbNotifications } from "./adapters/dynamodb-notifications.ts";
import { dynamoDbOrders } from "./adapters/dynamodb-orders.ts";
import { dynamoDbRedriveJobs } from "./adapters/dynamodb-redrive-jobs.ts";
import { snsClient, snsPublisher } from "./adapters/sns-publisher.ts";
import { sqsQueues } from "./adapters/sqs-queues.ts";
import { clock, failurePorts, newId, write } from "./compose.ts";
import { FAILED_FILTERS } from "./contract/names.ts";
import { isGroupFailed, isListFailed } from "./contract/operator-validators.js";
import { environment } from "./env.ts";
import { decodeEvent } from "./middleware/decode-event.ts";
import { discardMessage, undoDiscard } from "./use-cases/discard-message.ts";
import { groupFailedMessages, listFailedMessages } from "./use-cases/list-failed-messages.ts";
import { readFailedMessage } from "./use-cases/read-failed-message.ts";
import { listRedrives, readRedrive } from "./use-cases/read-redrives.ts";
import { editMessage, redriveMessage } from "./use-cases/redrive-message.ts";
import type { JobPorts } from "./use-cases/run-redrives.ts";
import { startRedrive, tryRedrive } from "./use-cases/start-redrive.ts";

export { write };

/** What operators look at and act on; the minute schedule goes on with what they began. */
export function operatorPorts(client: DynamoDBClient = dynamoDbClient()): JobPorts {
  const env = environment(
    "ordersTable",
    "notificationsTable",
    "failedMessagesTable",
    "topicArn",
    "sourceQueues",
  );
  return {
    ...failurePorts(client),
    orders: dynamoDbOrders(client, env.ordersTable, clock),
    notifications: dynamoDbNotifications(client, env.notificationsTable, newId),
    redriveJobs: dynamoDbRedriveJobs(client, env.failedMessagesTable),
    queues: sqsQueues(),
    publisher: snsPublisher(snsClient(), env.topicArn),
    sourceQueues: JSON.parse(env.sourceQueues) as Record<string, string>,
    decode: decodeEvent,
    audit: (act) => write(`${JSON.stringify({ audit: "operator", at: clock.now(), ...act })}\n`),
  };
}

/** Every act of an operator, and the queries that two of them take. */
export function operators() {
  const ports = operatorPorts();
  return {
    list: listFailedMessages(ports),
    listQuery: { isValid: isListFailed, names: ["status", ...FAILED_FILTERS, "limit", "cursor"] },
    groups: groupFailedMessages(ports),
    groupQuery: { isValid: isGroupFailed, names: ["status", ...FAILED_FILTERS] },
    read: readFailedMessage(ports),
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    tryMany: tryRedrive(ports),
    redriveMany: startRedrive(ports),
    redrives: listRedrives(ports),
    redriveOf: readRedrive(ports),
  };
}
