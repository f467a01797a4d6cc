import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { s3Client, s3CrashedBatches } from "../adapters/s3-crashed-batches.ts";
import { METRICS } from "../contract/names.ts";
import { runRedrives } from "../failures/jobs/run-redrives.ts";
import { runRepublishes } from "../failures/jobs/run-republishes.ts";
import { importCrashedBatches } from "../failures/maintenance/import-crashed-batches.ts";
import { retryParkedEvents } from "../failures/maintenance/retry-parked-events.ts";
import { sweepFailedMessages } from "../failures/maintenance/sweep-failed-messages.ts";
import { failureLog } from "../failures/record-failure.ts";
import { schedule } from "../middleware/schedule.ts";
import { clock, environment, serviceOptions } from "./wiring/environment.ts";
import { operatorPorts } from "./wiring/operator-adapters.ts";

/** Each minute: imports crashed batches, retries parked events, checks failed messages, continues jobs. */
const { crashedBatchesBucket } = environment("crashedBatchesBucket");
const ports = operatorPorts(dynamoDbClient());
const crashedBatches = s3CrashedBatches(s3Client(), crashedBatchesBucket);

export const handler = schedule({
  steps: [
    {
      import: importCrashedBatches({
        crashedBatches,
        failureLog: failureLog(ports),
        clock,
        audit: ports.audit,
      }),
    },
    { publish: retryParkedEvents(ports) },
    { sweep: sweepFailedMessages(ports) },
    // Last, because these use all remaining time; concurrent, because they mostly wait, to keep their rates.
    { redrive: runRedrives(ports), republish: runRepublishes(ports) },
  ],
  metrics: ({ publish, republish, sweep }) => ({
    [METRICS.published]: (publish?.["published"] ?? 0) + (republish?.["published"] ?? 0),
    [METRICS.publishFailed]: (publish?.["refused"] ?? 0) + (republish?.["refused"] ?? 0),
    [METRICS.openFailedMessages]: sweep?.["open"] ?? 0,
  }),
  ...serviceOptions,
});
