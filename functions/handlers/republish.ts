import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbNotifications } from "../adapters/dynamodb-notifications.ts";
import { dynamoDbOrders } from "../adapters/dynamodb-orders.ts";
import { s3Client, s3CrashedBatches } from "../adapters/s3-crashed-batches.ts";
import { snsClient, snsPublisher } from "../adapters/sns-publisher.ts";
import { clock, failurePorts, newId, service, write } from "../compose.ts";
import { operatorPorts } from "../compose-operators.ts";
import { METRICS } from "../contract/names.ts";
import { environment } from "../env.ts";
import { schedule } from "../middleware/schedule.ts";
import { importCrashedBatches } from "../use-cases/import-crashed-batches.ts";
import { failureLog } from "../use-cases/record-failure.ts";
import { republishParked } from "../use-cases/republish-parked.ts";
import { runRedrives } from "../use-cases/run-redrives.ts";
import { sweepFailedMessages } from "../use-cases/sweep-failed-messages.ts";

/** Each minute: what was not published is published, and the failed-message store told the truth. */
const env = environment("ordersTable", "notificationsTable", "topicArn", "crashedBatchesBucket");
const client = dynamoDbClient();
const failures = failurePorts(client);
const crashedBatches = s3CrashedBatches(s3Client(), env.crashedBatchesBucket);

export const handler = schedule({
  jobs: {
    import: importCrashedBatches({ crashedBatches, failureLog: failureLog(failures), clock }),
    republish: republishParked({ ...failures, publisher: snsPublisher(snsClient(), env.topicArn) }),
    sweep: sweepFailedMessages({
      ...failures,
      orders: dynamoDbOrders(client, env.ordersTable, clock),
      notifications: dynamoDbNotifications(client, env.notificationsTable, newId),
    }),
    redrive: runRedrives(operatorPorts(client)),
  },
  metrics: ({ republish, sweep }) => ({
    [METRICS.published]: republish?.["published"] ?? 0,
    [METRICS.publishFailed]: republish?.["refused"] ?? 0,
    [METRICS.openFailedMessages]: sweep?.["open"] ?? 0,
  }),
  clock,
  service,
  write,
});
