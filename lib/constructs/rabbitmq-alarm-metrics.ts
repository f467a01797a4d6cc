import { RABBITMQ_FUNCTIONS, RABBITMQ_PUBLISHER } from "../../functions/contract/broker-names.ts";
import type { Settings } from "../config.ts";
import type { QueueRole } from "../settings/queue-rules.ts";
import type { AlarmKind } from "../settings/thresholds.ts";
import { type AlarmMetric, metric, ownMetric } from "./alarm-metrics.ts";
import { physicalName, queueName, rabbitBrokerName } from "./resource-names.ts";

/** The metrics of RabbitMQ's alarms, by name like the others; none without RabbitMQ. */
export function rabbitAlarmMetrics(settings: Settings): readonly AlarmMetric[] {
  const { backbones, processing } = settings;
  if (!backbones.includes("rabbitmq")) return [];
  const functionMetric = (kind: AlarmKind, name: string, metricName: string) =>
    metric(kind, "AWS/Lambda", metricName, { FunctionName: physicalName(settings, name) });
  const ofQueue = (kind: AlarmKind, role: QueueRole, metricName: string): AlarmMetric => ({
    kind,
    of: RABBITMQ_PUBLISHER,
    metric: metric(kind, "AWS/SQS", metricName, { QueueName: queueName(settings, RABBITMQ_PUBLISHER, role) }),
  });
  const broker = { Broker: rabbitBrokerName(settings) };
  return [
    ...RABBITMQ_FUNCTIONS.flatMap((of): AlarmMetric[] => [
      { kind: "throttles", of, metric: functionMetric("throttles", of, "Throttles") },
      { kind: "function-errors", of, metric: functionMetric("function-errors", of, "Errors") },
    ]),
    ownMetric("rabbitmq-publish-failed", settings),
    ofQueue("message-age", "source", "ApproximateAgeOfOldestMessage"),
    ofQueue("dead-lettered", "dead-letters", "NumberOfMessagesReceived"),
    ofQueue("undelivered", "undelivered", "NumberOfMessagesReceived"),
    {
      kind: "rabbitmq-length",
      metric: metric("rabbitmq-length", "AWS/AmazonMQ", "MessageCount", broker),
    },
    // Messages expire in a queue that nothing reads, because another backbone processes.
    ...(processing.includes("rabbitmq")
      ? [
          {
            kind: "rabbitmq-dead-lettered",
            metric: functionMetric("rabbitmq-dead-lettered", "rabbitmq-dead-letters", "Invocations"),
          } as const,
        ]
      : []),
  ];
}
