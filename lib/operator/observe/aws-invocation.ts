import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  type FilterLogEventsCommandInput,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { BROKER_FUNCTIONS } from "../../../functions/contract/broker-names.ts";
import { logGroupName } from "../../constructs/resource-names.ts";
import { filterLogEvents } from "./aws-log-events.ts";
import type { LogsOptions } from "./aws-timeline.ts";
import { invocationLine } from "./invocation-line.ts";
import type { InvocationLog, InvocationQuery } from "./view-types.ts";

/** Longer than a function may run. */
const LONGEST_MS = 15 * 60_000;
const DEFAULT_MS = 3 * 3_600_000;
const MOST_PAGES = 10;
const REQUEST_ID = /^[\w-]{1,64}$/;

/**
 * The lines of one invocation. Its id finds the log stream; the lines between the START and the REPORT of the id are its own,
 * because a stream has one invocation after the other.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
 */
export function awsInvocation(
  client: CloudWatchLogsClient,
  { stage, now }: Pick<LogsOptions, "stage" | "now">,
) {
  const groupOf = (name: string) => logGroupName(stage, name);
  const all: readonly string[] = [...FUNCTIONS, ...Object.values(BROKER_FUNCTIONS).flat()];

  const eventsOf = (input: FilterLogEventsCommandInput) => filterLogEvents(client, input, MOST_PAGES);

  /** The lines that hold the id. Not every declared function is deployed. */
  async function marksOf(name: string, { requestId, at, sinceMs = DEFAULT_MS }: InvocationQuery) {
    const [startTime, endTime] =
      at === undefined ? [now() - sinceMs, now()] : [at - LONGEST_MS, at + LONGEST_MS];
    try {
      const input = { logGroupName: groupOf(name), filterPattern: `"${requestId}"`, startTime, endTime };
      return (await eventsOf(input)).events;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }

  return async (query: InvocationQuery): Promise<InvocationLog> => {
    const { requestId, source } = query;
    // The id becomes part of a pattern.
    if (!REQUEST_ID.test(requestId)) return { requestId, lines: [], isCut: false };
    if (source !== undefined && !all.includes(source))
      throw new RangeError(`There is no function ${source}. Functions: ${all.join(", ")}.`);
    for (const name of source === undefined ? all : [source]) {
      const marks = await marksOf(name, query);
      const [first] = marks;
      if (first?.logStreamName === undefined) continue;
      const times = marks.map(({ timestamp = 0 }) => timestamp);
      const { events, isCut } = await eventsOf({
        logGroupName: groupOf(name),
        logStreamNames: [first.logStreamName],
        startTime: Math.min(...times),
        endTime: Math.max(...times) + 1,
      });
      const lines = ownLines(events, requestId).flatMap(
        ({ timestamp = 0, message = "" }) =>
          invocationLine(timestamp, message, /^\S+\t[\w-]+\tERROR\t/.test(message)) ?? [],
      );
      return { requestId, source: name, lines, isCut };
    }
    return { requestId, lines: [], isCut: false };
  };
}

/** Without START, which retention may have deleted, from the first line on. */
function ownLines(events: readonly FilteredLogEvent[], requestId: string): readonly FilteredLogEvent[] {
  const at = (mark: string) =>
    events.findIndex(({ message }) => message?.startsWith(`${mark} RequestId: ${requestId}`));
  const end = at("REPORT");
  return events.slice(Math.max(0, at("START")), end < 0 ? undefined : end + 1);
}
