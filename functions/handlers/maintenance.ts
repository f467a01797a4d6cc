import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbUnfinishedOrders } from "../adapters/dynamodb-unfinished-orders.ts";
import { s3Client, s3CrashedBatches } from "../adapters/s3-crashed-batches.ts";
import { METRICS } from "../contract/names.ts";
import { runJobs } from "../failures/jobs/run-jobs.ts";
import { importCrashedBatches } from "../failures/maintenance/import-crashed-batches.ts";
import { retryParkedEvents } from "../failures/maintenance/retry-parked-events.ts";
import { sweepFailedMessages } from "../failures/maintenance/sweep-failed-messages.ts";
import { watchUnfinishedOrders } from "../failures/maintenance/watch-unfinished-orders.ts";
import { failureLog } from "../failures/record-failure.ts";
import { schedule, type TaskResults } from "../middleware/schedule.ts";
import { applyPauses, pausedEventTypes } from "../pausing/apply-pauses.ts";
import { clock, environment, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { jobPorts } from "./wiring/operator-adapters.ts";
import { pausePorts } from "./wiring/pause-ports.ts";

/**
 * Each minute: applies pauses of consumers again, imports crashed batches, publishes the events of overdue orders again,
 * retries parked events, checks failed messages, continues jobs.
 */
const { crashedBatchesBucket, ordersTable } = environment("crashedBatchesBucket", "ordersTable");
const client = dynamoDbClient();
const ports = jobPorts(client);
const unfinishedOrders = dynamoDbUnfinishedOrders(client, ordersTable, clock);
const maxPendingSeconds = integerVariable("maxPendingSeconds", 300);
const pauses = pausePorts(client);
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
      watch: watchUnfinishedOrders({
        ...ports,
        unfinishedOrders,
        maxPendingSeconds,
        pausedEventTypes: pausedEventTypes(pauses),
      }),
      pauses: applyPauses(pauses),
    },
    { publish: retryParkedEvents(ports) },
    { sweep: sweepFailedMessages(ports) },
    // Last, because they use all remaining time.
    { jobs: runJobs(ports) },
  ],
  metrics: ({ publish, watch, pauses: applied, sweep, jobs }, failed) => ({
    ...publishedBy([publish, watch, republishedBy(jobs)]),
    ...(sweep?.["open"] === undefined ? {} : { [METRICS.openFailedMessages]: sweep["open"] }),
    ...(watch === undefined ? {} : { [METRICS.unfinishedOrders]: watch["unfinished"] ?? 0 }),
    ...(applied === undefined ? {} : { [METRICS.pauseAge]: applied["oldestSeconds"] ?? 0 }),
    [METRICS.maintenanceRuns]: failed === 0 ? 1 : 0,
  }),
  ...serviceOptions,
});

const republishedBy = (jobs: TaskResults[string]) => ({
  published: jobs?.["republish"] ?? 0,
  refused: jobs?.["republishRefused"] ?? 0,
});

function publishedBy(tasks: readonly TaskResults[string][]) {
  const sum = (name: string) => tasks.reduce((total, counts) => total + (counts?.[name] ?? 0), 0);
  return { [METRICS.published]: sum("published"), [METRICS.publishFailed]: sum("refused") };
}
