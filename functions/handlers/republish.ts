import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { s3Client, s3CrashedBatches } from "../adapters/s3-crashed-batches.ts";
import { environment } from "../compose/env.ts";
import { clock, service, write } from "../compose/instance.ts";
import { operatorPorts } from "../compose/operator-ports.ts";
import { METRICS } from "../contract/names.ts";
import { schedule } from "../middleware/schedule.ts";
import { importCrashedBatches } from "../use-cases/import-crashed-batches.ts";
import { failureLog } from "../use-cases/record-failure.ts";
import { republishParked } from "../use-cases/republish-parked.ts";
import { runRedrives } from "../use-cases/run-redrives.ts";
import { runRepublishes } from "../use-cases/run-republishes.ts";
import { sweepFailedMessages } from "../use-cases/sweep-failed-messages.ts";

/** Each minute: what was not published is published, and the failed-message store told the truth. */
const { crashedBatchesBucket } = environment("crashedBatchesBucket");
const ports = operatorPorts(dynamoDbClient());
const crashedBatches = s3CrashedBatches(s3Client(), crashedBatchesBucket);

export const handler = schedule({
  steps: [
    { import: importCrashedBatches({ crashedBatches, failureLog: failureLog(ports), clock }) },
    { republish: republishParked(ports) },
    { sweep: sweepFailedMessages(ports) },
    // Last, because these take all that they are given; together, because they mostly wait, to keep to their rates.
    { redrive: runRedrives(ports), again: runRepublishes(ports) },
  ],
  metrics: ({ republish, again, sweep }) => ({
    [METRICS.published]: (republish?.["published"] ?? 0) + (again?.["published"] ?? 0),
    [METRICS.publishFailed]: (republish?.["refused"] ?? 0) + (again?.["refused"] ?? 0),
    [METRICS.openFailedMessages]: sweep?.["open"] ?? 0,
  }),
  clock,
  service,
  write,
});
