import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

/** The metric whose latest value is the backlog: the lag of a consumer group, the messages in a broker. */
export interface BacklogMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;
/** Brokers report each minute, with a delay; an older value is out of date. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

export function cloudWatchClient(timeouts = CLIENT_TIMEOUTS): CloudWatchClient {
  return new CloudWatchClient(clientConfig(timeouts));
}

/**
 * The latest value of the metric. MSK reports no lag while the group is unstable or has never committed: then it is 0, so
 * that a missing metric refuses no orders.
 * https://docs.aws.amazon.com/msk/latest/developerguide/consumer-lag.html,
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
 */
export function cloudWatchBacklog(
  { namespace: Namespace, name: MetricName, dimensions }: BacklogMetric,
  client = cloudWatchClient(),
): (now: number) => Promise<number> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return async (now) => {
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - LOOK_BACK_MS),
        EndTime: new Date(now),
        ScanBy: "TimestampDescending",
        MetricDataQueries: [
          {
            Id: "lag",
            MetricStat: { Stat: "Maximum", Period: 60, Metric: { Namespace, MetricName, Dimensions } },
          },
        ],
      }),
    );
    return MetricDataResults?.[0]?.Values?.[0] ?? 0;
  };
}
