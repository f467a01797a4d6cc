import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  type ResultField,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { Named } from "../../constructs/resource-names.ts";
import { auditEntry, inOrderOfTime } from "./audit-entry.ts";
import { auditLogGroups } from "./aws-log-groups.ts";
import type { Timeline } from "./view-types.ts";

export interface LogsOptions {
  readonly stage: Named;
  /** The deployed consumers; the functions of others have no log group. */
  readonly consumers: readonly QueueConsumer[];
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Logs Insights charges by the bytes that it scans. */
const SEARCH_DAYS = 30;
const MAX_LINES = 1_000;
const POLL_MS = 500;
const SEARCH_TIMEOUT_MS = 60_000;

/**
 * The audit lines of an order in the log groups of all functions, by Logs Insights.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
export function awsTimeline(client: CloudWatchLogsClient, options: LogsOptions) {
  const { stage, consumers, now, sleep } = options;
  const { prefix, deployed, ofBrokers } = auditLogGroups(stage, consumers);
  const groups = deployed.map((name) => `${prefix}${name}`);
  let searched = [...groups, ...ofBrokers.map((name) => `${prefix}${name}`)];

  async function start(orderId: string): Promise<string> {
    try {
      return await startQuery(client, searched, orderId, now());
    } catch (error) {
      // A broker's log groups exist only where it is deployed.
      if (!(error instanceof ResourceNotFoundException) || searched === groups) throw error;
      searched = groups;
      return startQuery(client, searched, orderId, now());
    }
  }

  return async (orderId: string): Promise<Timeline> => {
    // The id becomes part of a query: anything that cannot be an order id would be an injection.
    if (!/^\w{1,64}$/.test(orderId)) return { orderId, entries: [] };
    const queryId = await start(orderId);
    const deadline = now() + SEARCH_TIMEOUT_MS;
    for (;;) {
      const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
      if (status === "Complete") return { orderId, entries: entriesOf(results, orderId, prefix) };
      if (status !== "Running" && status !== "Scheduled") {
        throw new Error(`Logs Insights search for ${orderId} ended with status ${status}. Try again.`);
      }
      if (now() > deadline) {
        throw new Error(
          `Logs Insights search did not complete in ${SEARCH_TIMEOUT_MS / 1_000} s. Try again later.`,
        );
      }
      await sleep(POLL_MS);
    }
  };
}

async function startQuery(
  client: CloudWatchLogsClient,
  logGroupNames: readonly string[],
  orderId: string,
  now: number,
): Promise<string> {
  const { queryId = "" } = await client.send(
    new StartQueryCommand({
      logGroupNames: [...logGroupNames],
      startTime: Math.floor(now / 1_000) - SEARCH_DAYS * 86_400,
      endTime: Math.ceil(now / 1_000),
      queryString: `fields @message, @log | filter @message like '"audit":' and @message like '${orderId}:' | sort @timestamp asc | limit ${MAX_LINES}`,
    }),
  );
  return queryId;
}

function entriesOf(results: readonly (readonly ResultField[])[], orderId: string, prefix: string) {
  const found = results.flatMap((fields) => {
    const value = (name: string) => fields.find(({ field }) => field === name)?.value ?? "";
    // `<account>:<log group>`
    const source = value("@log").replace(/^\d+:/, "").replace(prefix, "");
    return auditEntry(value("@message").trim(), source) ?? [];
  });
  return inOrderOfTime(found.filter((each) => each.orderId === orderId).map(({ entry }) => entry));
}
