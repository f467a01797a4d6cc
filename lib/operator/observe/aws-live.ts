import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../../constructs/resource-names.ts";
import { filterLogEvents } from "./aws-log-events.ts";
import { auditLogGroups, OPERATED } from "./aws-log-groups.ts";
import type { LogsOptions } from "./aws-timeline.ts";
import { liveEntryOf, matchesLive } from "./live-entry.ts";
import type { FindCrashes } from "./probable-crashes.ts";
import type { LiveAnswer, LiveEntry, LiveFilter } from "./view-types.ts";

/** Of the first answer. */
const WINDOW_MS = 5 * 60_000;
/** A cursor that is older than this is of a console that slept. */
const MOST_MS = 15 * 60_000;
/** CloudWatch makes lines available a few seconds after they were written. */
const LATE_MS = 15_000;
const MOST_PAGES = 3;
const MOST_ANSWERED = 500;
/** FilterLogEvents is limited to 10 requests a second in some regions. */
const CONCURRENT = 4;

const CRASHES = [
  `"Task timed out after"`,
  `"Runtime exited"`,
  `"Runtime.OutOfMemory"`,
  `"Invoke Error"`,
  `"Uncaught Exception"`,
  `"Unhandled Promise Rejection"`,
];
const anyOf = (terms: readonly string[]) => terms.map((term) => `?${term}`).join(" ");
/** The lines of which `liveEntryOf` makes an entry. */
const ANY_ENTRY = anyOf([`"{\\"audit\\":"`, ...CRASHES]);

/**
 * The latest lines of the functions. A cursor is a time: each answer repeats the entries of the last seconds before it,
 * because lines arrive late.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function awsLive(client: CloudWatchLogsClient, options: Omit<LogsOptions, "sleep">) {
  const { stage, consumers, now } = options;
  const { prefix, deployed, ofBrokers } = auditLogGroups(stage, consumers);
  const absent = new Set<string>();

  /** A broker's log groups exist only where it is deployed. */
  async function linesOf(name: string, pattern: string, startTime: number) {
    try {
      const input = { logGroupName: `${prefix}${name}`, filterPattern: pattern, startTime };
      return await filterLogEvents(client, input, MOST_PAGES);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException) || !ofBrokers.includes(name)) throw error;
      absent.add(name);
      return { events: [], isCut: false };
    }
  }

  return async (filter: LiveFilter, after?: string): Promise<LiveAnswer> => {
    const time = now();
    const since = after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : time - WINDOW_MS;
    const startTime = Math.max(since, time - MOST_MS);
    const cursor = String(time - LATE_MS);
    const { orderId, consumer } = filter;
    // The id becomes part of a pattern.
    if (orderId !== undefined && !/^\w{1,64}$/.test(orderId)) return { entries: [], cursor, isCut: false };
    const pattern = orderId === undefined ? ANY_ENTRY : `"${orderId}"`;
    const names = [...deployed, ...ofBrokers].filter((name) => !absent.has(name) && mayHave(name, consumer));
    const entries: LiveEntry[] = [];
    let isCut = startTime > since;
    for (let at = 0; at < names.length; at += CONCURRENT) {
      const several = names.slice(at, at + CONCURRENT);
      const found = await Promise.all(several.map((name) => linesOf(name, pattern, startTime)));
      for (const [i, { events, isCut: isGroupCut }] of found.entries()) {
        isCut ||= isGroupCut;
        entries.push(...events.flatMap((event) => entryOf(event, several[i] ?? "")));
      }
    }
    const wanted = entries
      .filter((entry) => matchesLive(entry, filter))
      .sort((one, other) => other.at - one.at);
    return { entries: wanted.slice(0, MOST_ANSWERED), cursor, isCut: isCut || wanted.length > MOST_ANSWERED };
  };
}

/** Operators act by the API and by maintenance; any other source is the function of that name. */
function mayHave(name: string, consumer: string | undefined): boolean {
  if (consumer === "operator") return OPERATED.includes(name);
  return consumer === undefined || name === consumer;
}

function entryOf(
  { eventId = "", timestamp = 0, message = "" }: FilteredLogEvent,
  source: string,
): LiveEntry[] {
  const entry = liveEntryOf({ at: timestamp, source, text: message.trim() });
  return entry === undefined ? [] : [{ ...entry, id: eventId }];
}

/** The crashed invocations of a deployed consumer: those of a page of the log, which is a few hundred. */
export function awsCrashes(
  client: CloudWatchLogsClient,
  { stage, consumers }: Pick<LogsOptions, "stage" | "consumers">,
): FindCrashes {
  return async (source, startTime, endTime) => {
    if (!consumers.some((name) => name === source)) return [];
    const input = {
      logGroupName: logGroupName(stage, source),
      filterPattern: anyOf(CRASHES),
      startTime,
      endTime,
    };
    const { events } = await filterLogEvents(client, input, 1);
    return events.flatMap((event) => entryOf(event, source)).filter(({ outcome }) => outcome === "crashed");
  };
}
