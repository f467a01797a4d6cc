import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  type ResultField,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { FUNCTIONS, KAFKA_FUNCTIONS } from "../../../functions/contract/names.ts";
import { physicalName } from "../../constructs/resource-names.ts";
import { auditEntry, inOrderOfTime } from "./audit-entry.ts";
import type { Timeline } from "./view-types.ts";

export interface LogsOptions {
  readonly stage: string;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How far back is searched: Logs Insights charges by the bytes that it reads. */
const DAYS = 30;
const MOST_LINES = 1_000;
const LOOK_MS = 500;
const PATIENCE_MS = 60_000;
/** Functions that write no audit lines. */
const SILENT: readonly string[] = ["place-order", "cancel-order", "read-order", "stock"];

/**
 * The audit lines of an order in the log groups of all functions, by Logs Insights.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
export function awsTimeline(client: CloudWatchLogsClient, options: LogsOptions) {
  const { stage, now, sleep } = options;
  const prefix = `/aws/lambda/${physicalName(stage)}-`;
  const groups = FUNCTIONS.filter((name) => !SILENT.includes(name)).map((name) => `${prefix}${name}`);
  let searched = [...groups, ...KAFKA_FUNCTIONS.map((name) => `${prefix}${name}`)];

  async function start(orderId: string): Promise<string> {
    try {
      return await startQuery(client, searched, orderId, now());
    } catch (error) {
      // The groups of Kafka's functions are there only where Kafka is deployed.
      if (!(error instanceof ResourceNotFoundException) || searched === groups) throw error;
      searched = groups;
      return startQuery(client, searched, orderId, now());
    }
  }

  return async (orderId: string): Promise<Timeline> => {
    // It becomes part of a query: what cannot be an order id is not searched for.
    if (!/^\w{1,64}$/.test(orderId)) return { orderId, entries: [] };
    const queryId = await start(orderId);
    const deadline = now() + PATIENCE_MS;
    for (;;) {
      const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
      if (status === "Complete") return { orderId, entries: entriesOf(results, orderId, prefix) };
      if (status !== "Running" && status !== "Scheduled") {
        throw new Error(`Logs Insights ended the search for ${orderId} with ${status}. Try again.`);
      }
      if (now() > deadline) {
        throw new Error(`Logs Insights was not through in ${PATIENCE_MS / 1_000} s. Try again later.`);
      }
      await sleep(LOOK_MS);
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
      startTime: Math.floor(now / 1_000) - DAYS * 86_400,
      endTime: Math.ceil(now / 1_000),
      queryString: `fields @message, @log | filter @message like '"audit":' and @message like '${orderId}:' | sort @timestamp asc | limit ${MOST_LINES}`,
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
