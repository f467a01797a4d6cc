import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbNotifications } from "../adapters/dynamodb-notifications.ts";
import { dynamoDbSuppressions } from "../adapters/dynamodb-suppressions.ts";
import { decodeSesFeedback } from "../adapters/ses-feedback.ts";
import { sqsQueues } from "../adapters/sqs-queues.ts";
import { MAIL_FEEDBACK, METRICS } from "../contract/names.ts";
import { consumer } from "../middleware/consumer.ts";
import { parkInQueue } from "../middleware/park-in-queue.ts";
import { sqs } from "../middleware/transports/sqs.ts";
import { recordMailFeedback } from "../orders/record-mail-feedback.ts";
import { count, environment, integerVariable, newId, serviceOptions } from "./wiring/environment.ts";

/**
 * Bounces, complaints and rejections of mails → suppressed addresses, and the rows of the mails. Feedback holds addresses,
 * so it is parked in its own dead-letter queue, never in the failed-message table.
 */
const { notificationsTable, queueUrl, parkingQueueUrl } = environment(
  "notificationsTable",
  "queueUrl",
  "parkingQueueUrl",
);
const client = dynamoDbClient();
const queues = sqsQueues();
const record = recordMailFeedback({
  suppressions: dynamoDbSuppressions(client, notificationsTable),
  notifications: dynamoDbNotifications(client, notificationsTable, newId),
  onRejected: count(METRICS.mailsRejected),
});

export const handler = consumer({
  name: MAIL_FEEDBACK,
  transport: sqs({ maxReceiveCount: integerVariable("maxReceiveCount", 5), backOff: { queues, queueUrl } }),
  decode: ({ body }) => decodeSesFeedback(body),
  handle: { one: record },
  failureLog: parkInQueue(queues, parkingQueueUrl),
  ...serviceOptions,
});
