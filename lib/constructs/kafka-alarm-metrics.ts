import { KAFKA_FUNCTIONS, KAFKA_PUBLISHER } from "../../functions/contract/broker-names.ts";
import type { Settings } from "../config.ts";
import { kafkaNames } from "../settings/kafka-names.ts";
import type { AlarmKind } from "../settings/thresholds.ts";
import { type AlarmMetric, functionAlarms, metric, ownMetric, queueAlarms } from "./alarm-metrics.ts";
import { kafkaClusterName, physicalName } from "./resource-names.ts";

/** The metrics of Kafka's alarms, by name like the others; none without Kafka. */
export function kafkaAlarmMetrics(settings: Settings): readonly AlarmMetric[] {
  const { backbones, kafkaClusterArn } = settings;
  if (!backbones.includes("kafka")) return [];
  const cluster = { "Cluster Name": kafkaClusterName(settings) };
  const { topic, group } = kafkaNames(settings);
  const functionMetric = (kind: AlarmKind, name: string, metricName: string) =>
    metric(kind, "AWS/Lambda", metricName, { FunctionName: physicalName(settings, name) });
  const publishing = (["iterator-age", "publishing-late"] as const).map((kind) => ({
    kind,
    of: KAFKA_PUBLISHER,
    metric: functionMetric(kind, KAFKA_PUBLISHER, "IteratorAge"),
  }));
  return [
    ...functionAlarms(settings, KAFKA_FUNCTIONS),
    ...publishing,
    ownMetric("kafka-publish-failed", settings),
    ...queueAlarms(settings, KAFKA_PUBLISHER, ["message-age", "dead-lettered"]),
    {
      kind: "kafka-lag",
      metric: metric("kafka-lag", "AWS/Kafka", "SumOffsetLag", {
        ...cluster,
        "Consumer Group": group,
        Topic: topic,
      }),
    },
    {
      kind: "kafka-given-up",
      metric: functionMetric("kafka-given-up", "kafka-dead-letters", "Invocations"),
    },
    // The brokers of an existing cluster are watched by its owner.
    ...(kafkaClusterArn === "" ? ofBrokers(settings, cluster) : []),
  ];
}

function ofBrokers({ brokerCount }: Settings, cluster: Record<string, string>): readonly AlarmMetric[] {
  const brokers = Array.from({ length: brokerCount }, (_, index) => String(index + 1));
  return [
    {
      kind: "kafka-offline",
      metric: metric("kafka-offline", "AWS/Kafka", "OfflinePartitionsCount", cluster),
    },
    ...brokers.map((of): AlarmMetric => {
      const dimensions = { ...cluster, "Broker ID": of };
      return {
        kind: "kafka-disk",
        of,
        metric: metric("kafka-disk", "AWS/Kafka", "KafkaDataLogsDiskUsed", dimensions),
      };
    }),
  ];
}
