import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";

const PAGE = 1_000;

/** Events of a log group, from at most `mostPages` pages; `isCut`: there are more. */
export async function filterLogEvents(
  client: CloudWatchLogsClient,
  input: FilterLogEventsCommandInput,
  mostPages: number,
): Promise<{ readonly events: readonly FilteredLogEvent[]; readonly isCut: boolean }> {
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        ...input,
        limit: PAGE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return { events, isCut: nextToken !== undefined };
}
