import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { SERVICE } from "../../functions/contract/names.ts";
import { type AlarmKind, OWN_METRICS, THRESHOLDS } from "../settings/thresholds.ts";
import { API_GATEWAY_STAGE_NAME } from "./order-api.ts";
import { physicalName, queueName, serviceDimension, tableNames } from "./resource-names.ts";

/** The metric of one alarm. `of` distinguishes the alarms of one kind. */
export interface AlarmMetric {
  readonly kind: AlarmKind;
  readonly of?: string;
  readonly metric: Metric;
}

/** The metrics of all alarms but Kafka's. By name, because a reference would tie this stack to another. */
export function alarmMetrics(stage: string): readonly AlarmMetric[] {
  const queueMetric = (kind: AlarmKind, queue: string, metricName: string) =>
    metric(kind, "AWS/SQS", metricName, { QueueName: queue });
  const functionMetric = (kind: AlarmKind, name: string, metricName: string) =>
    metric(kind, "AWS/Lambda", metricName, { FunctionName: physicalName(stage, name) });
  const own = (kind: keyof typeof OWN_METRICS) => ({
    kind,
    metric: metric(kind, SERVICE, OWN_METRICS[kind], { service: serviceDimension(stage) }),
  });
  const queues = QUEUE_CONSUMERS.flatMap((of): AlarmMetric[] => {
    const source = queueName(stage, of, "source");
    const receives = (kind: AlarmKind, queue: string) => queueMetric(kind, queue, "NumberOfMessagesReceived");
    return [
      {
        kind: "queue-length",
        of,
        metric: queueMetric("queue-length", source, "ApproximateNumberOfMessagesVisible"),
      },
      {
        kind: "message-age",
        of,
        metric: queueMetric("message-age", source, "ApproximateAgeOfOldestMessage"),
      },
      { kind: "dead-lettered", of, metric: receives("dead-lettered", queueName(stage, of, "dead-letters")) },
      { kind: "undelivered", of, metric: receives("undelivered", queueName(stage, of, "undelivered")) },
    ];
  });
  const functions = FUNCTIONS.flatMap((of): AlarmMetric[] => [
    { kind: "throttles", of, metric: functionMetric("throttles", of, "Throttles") },
    { kind: "function-errors", of, metric: functionMetric("function-errors", of, "Errors") },
  ]);
  const tables = [...tableNames(stage)].map(
    ([of, TableName]): AlarmMetric => ({
      kind: "table-throttles",
      of,
      metric: metric("table-throttles", "AWS/DynamoDB", "WriteThrottleEvents", { TableName }),
    }),
  );
  const topic = { TopicName: physicalName(stage) };
  const api = { ApiName: physicalName(stage), Stage: API_GATEWAY_STAGE_NAME };
  return [
    ...queues,
    ...functions,
    ...tables,
    own("failed-messages"),
    own("publish-failed"),
    own("open-failed-messages"),
    {
      kind: "delivery-failed",
      metric: metric("delivery-failed", "AWS/SNS", "NumberOfNotificationsFailed", topic),
    },
    { kind: "iterator-age", metric: functionMetric("iterator-age", "publish-events", "IteratorAge") },
    { kind: "publishing-late", metric: functionMetric("publishing-late", "publish-events", "IteratorAge") },
    { kind: "api-errors", metric: metric("api-errors", "AWS/ApiGateway", "5XXError", api) },
  ];
}

/** A metric with the period and the statistic of its alarm's threshold. */
export function metric(
  kind: AlarmKind,
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
): Metric {
  const { periodSeconds, statistic } = THRESHOLDS[kind];
  return new Metric({
    namespace,
    metricName,
    dimensionsMap,
    statistic,
    period: Duration.seconds(periodSeconds),
  });
}
