import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../../../lib/constructs/resource-names.ts";
import { accessTo, type Deployment } from "../../e2e/deployment.ts";

/** An audit line: what a consumer made of one copy of an event. */
export interface Attempt {
  readonly consumer: string;
  readonly type: string;
  readonly eventId: string;
  readonly outcome: string;
}

/** What a function has finished since a time, by its log. */
export async function attemptsOf(
  deployment: Deployment,
  name: "order-created" | "order-cancelled" | "order-events-kafka",
  since: number,
): Promise<readonly Attempt[]> {
  const { stage, endpoint } = deployment;
  const { region, credentials } = await accessTo(deployment);
  const client = new CloudWatchLogsClient({
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
  });
  const group = logGroupName(stage, name);
  const lines: string[] = [];
  try {
    for await (const { events = [] } of paginateFilterLogEvents(
      { client },
      { logGroupName: group, startTime: since },
    )) {
      lines.push(...events.map(({ message = "" }) => message));
    }
  } finally {
    client.destroy();
  }
  return lines.flatMap((line) =>
    line.startsWith('{"audit":"attempt"') ? [JSON.parse(line) as Attempt] : [],
  );
}
