import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import {
  CONSUMER_THRESHOLDS,
  type ConsumerAlarmKind,
  changedThreshold,
  type Threshold,
} from "../settings/consumer-thresholds.ts";
import type { QueueRole } from "../settings/queue-rules.ts";
import type { ConsumerFunction } from "./consumer-function.ts";
import type { MessageQueue } from "./message-queue.ts";

/** An alarm of a consumer: its kind, and its metric without period and statistic. */
interface Watched {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensionsMap: Record<string, string>;
}

/** What is counted of a dead-letter queue: the messages in it; receives where a function polls it, so that it is empty. */
export type DeadLetterMetric = "ApproximateNumberOfMessagesVisible" | "NumberOfMessagesReceived";

/** The metrics of a queue with its dead-letter queues, by alarm. */
export function queueMetrics(
  nameOf: (role: QueueRole) => string,
  deadLetterMetric: DeadLetterMetric,
): readonly (readonly [ConsumerAlarmKind, Watched])[] {
  const of = (role: QueueRole, metricName: string): Watched => ({
    namespace: "AWS/SQS",
    metricName,
    dimensionsMap: { QueueName: nameOf(role) },
  });
  return [
    ["queue-length", of("source", "ApproximateNumberOfMessagesVisible")],
    ["message-age", of("source", "ApproximateAgeOfOldestMessage")],
    ["dead-lettered", of("dead-letters", deadLetterMetric)],
    ["undelivered", of("undelivered", deadLetterMetric)],
  ];
}

/** The metrics of a function, by alarm. */
export function functionMetrics(functionName: string): readonly (readonly [ConsumerAlarmKind, Watched])[] {
  const of = (metricName: string): Watched => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensionsMap: { FunctionName: functionName },
  });
  return [
    ["throttles", of("Throttles")],
    ["function-errors", of("Errors")],
  ];
}

/** A metric with the period and the statistic of its alarm's threshold. */
export function metricOf({ periodSeconds, statistic }: Threshold, watched: Watched): Metric {
  return new Metric({ ...watched, statistic, period: Duration.seconds(periodSeconds) });
}

export interface AlarmOptions {
  readonly metric: Metric;
  readonly threshold: Threshold;
  readonly description: string;
  readonly alarmName?: string;
  /** Called when the alarm goes off and when it is over. */
  readonly action?: IAlarmAction;
}

/** An alarm above a threshold. */
export function alarmAbove(scope: Construct, id: string, options: AlarmOptions): Alarm {
  const { metric, threshold, description, alarmName, action } = options;
  const alarm = new Alarm(scope, id, {
    ...(alarmName !== undefined && { alarmName }),
    alarmDescription: description,
    metric,
    threshold: threshold.above,
    comparisonOperator: threshold.inclusive
      ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
      : ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: threshold.periods,
    treatMissingData: threshold.missingBreaches ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  if (action !== undefined) {
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  return alarm;
}

export interface ConsumerAlarmsProps {
  readonly queue: MessageQueue;
  readonly consumer: ConsumerFunction;
  /** As `new SnsAction(topic)`. Default: none; an alarm only shows in CloudWatch. */
  readonly action?: IAlarmAction;
  /** Replaces parts of `CONSUMER_THRESHOLDS`. */
  readonly thresholds?: Partial<Record<ConsumerAlarmKind, Partial<Threshold>>>;
}

/** The alarms of a consumer: its queue, its dead-letter queues and its function. */
export function consumerAlarms(scope: Construct, props: ConsumerAlarmsProps): readonly Alarm[] {
  const { queue, consumer, action, thresholds = {} } = props;
  const queues: Readonly<Record<QueueRole, string>> = {
    source: queue.source.queueName,
    "dead-letters": queue.deadLetters.queueName,
    undelivered: queue.undelivered.queueName,
  };
  const watched = [
    ...queueMetrics((role) => queues[role], "ApproximateNumberOfMessagesVisible"),
    ...functionMetrics(consumer.function.functionName),
  ];
  return watched.map(([kind, metric]) => {
    const threshold = changedThreshold(CONSUMER_THRESHOLDS[kind], thresholds[kind]);
    return alarmAbove(scope, `${consumer.node.id}-${kind}`, {
      metric: metricOf(threshold, metric),
      threshold,
      description: `${consumer.node.id}: ${threshold.means}`,
      ...(action && { action }),
    });
  });
}
