import type { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { MAIL_FEEDBACK, METRICS, SERVICE } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import type { ConsumerAlarmKind } from "../settings/consumer-thresholds.ts";
import { deployedConsumers, deployedFunctions } from "../settings/deployed-consumers.ts";
import { type AlarmKind, OWN_METRICS, THRESHOLDS } from "../settings/thresholds.ts";
import { functionMetrics, metricOf, queueMetrics } from "./consumer-alarms.ts";
import {
  API_GATEWAY_STAGE_NAME,
  physicalName,
  type QueueOwner,
  queueName,
  serviceDimension,
  tableNames,
} from "./resource-names.ts";

/** The metric of one alarm. `of` distinguishes the alarms of one kind. */
export interface AlarmMetric {
  readonly kind: AlarmKind;
  readonly of?: string;
  readonly metric: Metric;
}

/** The metrics of all alarms but those of brokers. By name, because a reference would tie this stack to another. */
export function alarmMetrics(settings: Settings): readonly AlarmMetric[] {
  const publisher = { FunctionName: physicalName(settings, "publish-events") };
  const tables = [...tableNames(settings)].map(
    ([of, TableName]): AlarmMetric => ({
      kind: "table-throttles",
      of,
      metric: metric("table-throttles", "AWS/DynamoDB", "WriteThrottleEvents", { TableName }),
    }),
  );
  const topic = { TopicName: physicalName(settings) };
  const api = { ApiName: physicalName(settings), Stage: API_GATEWAY_STAGE_NAME };
  return [
    ...deployedConsumers(settings).flatMap((consumer) => queueAlarms(settings, consumer)),
    ...functionAlarms(settings, deployedFunctions(settings)),
    ...tables,
    ownMetric("failed-messages", settings),
    ownMetric("publish-failed", settings),
    ownMetric("open-failed-messages", settings),
    ownMetric("publish-throttled", settings),
    ...(sendsMails(settings) ? mailMetrics(settings) : []),
    ownMetric("pending-orders", settings),
    ownMetric("consumer-paused", settings),
    ownMetric("maintenance-silent", settings),
    {
      kind: "delivery-failed",
      metric: metric("delivery-failed", "AWS/SNS", "NumberOfNotificationsFailed", topic),
    },
    { kind: "iterator-age", metric: metric("iterator-age", "AWS/Lambda", "IteratorAge", publisher) },
    { kind: "publishing-late", metric: metric("publishing-late", "AWS/Lambda", "IteratorAge", publisher) },
    {
      kind: "api-throttled",
      metric: metric("api-throttled", physicalName(settings), METRICS.apiThrottled, {}),
    },
    { kind: "api-errors", metric: metric("api-errors", "AWS/ApiGateway", "5XXError", api) },
  ];
}

/** The alarms that each function has. */
export const functionAlarms = (settings: Settings, names: readonly string[]): readonly AlarmMetric[] =>
  names.flatMap((of) => ofConsumer(of, functionMetrics(physicalName(settings, of))));

/** The alarms of a queue with its dead-letter queues, of all kinds or of these. */
export function queueAlarms(
  settings: Settings,
  of: QueueOwner,
  kinds?: readonly ConsumerAlarmKind[],
): readonly AlarmMetric[] {
  const watched = queueMetrics((role) => queueName(settings, of, role), "NumberOfMessagesReceived");
  return ofConsumer(
    of,
    watched.filter(([kind]) => kinds?.includes(kind) ?? true),
  );
}

const ofConsumer = (of: string, watched: ReturnType<typeof queueMetrics>) =>
  watched.map(([kind, each]): AlarmMetric => ({ kind, of, metric: metricOf(THRESHOLDS[kind], each) }));

/** The rates are those of the account in the region: AWS judges by them. */
function mailMetrics(settings: Settings): readonly AlarmMetric[] {
  const QueueName = queueName(settings, MAIL_FEEDBACK, "dead-letters");
  return [
    ownMetric("mails-throttled", settings),
    ownMetric("mails-rejected", settings),
    { kind: "mail-bounce-rate", metric: metric("mail-bounce-rate", "AWS/SES", "Reputation.BounceRate", {}) },
    {
      kind: "mail-complaint-rate",
      metric: metric("mail-complaint-rate", "AWS/SES", "Reputation.ComplaintRate", {}),
    },
    {
      kind: "mail-feedback-failed",
      metric: metric("mail-feedback-failed", "AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName }),
    },
  ];
}

const sendsMails = ({ mails, mailSender }: Settings) => mails && mailSender !== "";

/** The alarm of a metric of the project. */
export const ownMetric = (kind: keyof typeof OWN_METRICS, settings: Settings): AlarmMetric => ({
  kind,
  metric: metric(kind, SERVICE, OWN_METRICS[kind], { service: serviceDimension(settings) }),
});

/** A metric with the period and the statistic of its alarm's threshold. */
export function metric(
  kind: AlarmKind,
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
): Metric {
  return metricOf(THRESHOLDS[kind], { namespace, metricName, dimensionsMap });
}
