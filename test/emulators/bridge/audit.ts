import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../../../lib/constructs/resource-names.ts";
import { accessTo, type Deployment } from "../../e2e/deployment.ts";

/** An audit line: the outcome of one message of a consumer. */
export interface Attempt {
  readonly consumer: string;
  readonly type: string;
  readonly eventId: string;
  readonly outcome: string;
}

/** The attempts of a function since a time, by its log. */
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
