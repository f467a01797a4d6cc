import { RABBITMQ_FUNCTIONS, RABBITMQ_PUBLISHER } from "../../functions/contract/broker-names.ts";
import type { Settings } from "../config.ts";
import { type AlarmMetric, functionAlarms, metric, ownMetric, queueAlarms } from "./alarm-metrics.ts";
import { physicalName, rabbitBrokerName } from "./resource-names.ts";

/** The metrics of RabbitMQ's alarms, by name like the others; none without RabbitMQ. */
export function rabbitAlarmMetrics(settings: Settings): readonly AlarmMetric[] {
  const { backbones, processing } = settings;
  if (!backbones.includes("rabbitmq")) return [];
  const broker = { Broker: rabbitBrokerName(settings) };
  return [
    ...functionAlarms(settings, RABBITMQ_FUNCTIONS),
    ownMetric("rabbitmq-publish-failed", settings),
    ...queueAlarms(settings, RABBITMQ_PUBLISHER, ["message-age", "dead-lettered", "undelivered"]),
    {
      kind: "rabbitmq-length",
      metric: metric("rabbitmq-length", "AWS/AmazonMQ", "MessageCount", broker),
    },
    // Messages expire in a queue that nothing reads, because another backbone processes.
    ...(processing.includes("rabbitmq")
      ? [
          {
            kind: "rabbitmq-dead-lettered",
            metric: metric("rabbitmq-dead-lettered", "AWS/Lambda", "Invocations", {
              FunctionName: physicalName(settings, "rabbitmq-dead-letters"),
            }),
          } as const,
        ]
      : []),
  ];
}
