import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

/** The CloudWatch dimensions of a consumer group. */
export interface KafkaBacklog {
  readonly cluster: string;
  readonly topic: string;
  readonly group: string;
}

const MINUTE_MS = 60_000;
/** MSK reports each minute, with a delay; an older lag is out of date. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

export function cloudWatchClient(timeouts = CLIENT_TIMEOUTS): CloudWatchClient {
  return new CloudWatchClient(clientConfig(timeouts));
}

/**
 * The latest lag of a consumer group, in records. MSK reports none while the group is unstable or has never committed:
 * then it is 0, so that a missing metric refuses no orders.
 * https://docs.aws.amazon.com/msk/latest/developerguide/consumer-lag.html
 */
export function cloudWatchLag(
  { cluster, topic, group }: KafkaBacklog,
  client = cloudWatchClient(),
): (now: number) => Promise<number> {
  return async (now) => {
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - LOOK_BACK_MS),
        EndTime: new Date(now),
        ScanBy: "TimestampDescending",
        MetricDataQueries: [
          {
            Id: "lag",
            MetricStat: {
              Stat: "Maximum",
              Period: 60,
              Metric: {
                Namespace: "AWS/Kafka",
                MetricName: "SumOffsetLag",
                Dimensions: [
                  { Name: "Cluster Name", Value: cluster },
                  { Name: "Consumer Group", Value: group },
                  { Name: "Topic", Value: topic },
                ],
              },
            },
          },
        ],
      }),
    );
    return MetricDataResults?.[0]?.Values?.[0] ?? 0;
  };
}
