import { Duration, Stack } from "aws-cdk-lib";
import { Dashboard, GraphWidget, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { KAFKA_PUBLISHER } from "../../functions/contract/broker-names.ts";
import { METRICS, SERVICE } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { deployedConsumers } from "../settings/deployed-consumers.ts";
import { kafkaNames } from "../settings/kafka-names.ts";
import type { QueueRole } from "../settings/queue-rules.ts";
import {
  API_GATEWAY_STAGE_NAME,
  kafkaClusterName,
  physicalName,
  queueName,
  regionalName,
  serviceDimension,
} from "./resource-names.ts";

/** One page: requests, waiting messages, outcomes, failures. */
export function addDashboard(scope: Construct, settings: Settings): Dashboard {
  const own = (metricName: string, statistic = "Sum") =>
    graphed(SERVICE, metricName, statistic, { service: serviceDimension(settings) });
  const queues = (role: QueueRole, metricName: string, statistic: string) =>
    deployedConsumers(settings).map((consumer) =>
      graphed("AWS/SQS", metricName, statistic, { QueueName: queueName(settings, consumer, role) }, consumer),
    );
  const api = (metricName: string, statistic: string) =>
    graphed("AWS/ApiGateway", metricName, statistic, {
      ApiName: physicalName(settings),
      Stage: API_GATEWAY_STAGE_NAME,
    });
  const publisher = { FunctionName: physicalName(settings, "publish-events") };
  const { published, received, consumed, duplicate, ignored, failed, parked } = METRICS;
  const outcomes = [received, consumed, duplicate, ignored, failed, parked];

  const dashboard = new Dashboard(scope, "Dashboard", {
    dashboardName: regionalName(Stack.of(scope).region, settings),
  });
  dashboard.addWidgets(
    graph(
      "API",
      [api("Count", "Sum"), api("4XXError", "Sum"), api("5XXError", "Sum")],
      [api("Latency", "p99")],
    ),
    graph(
      "Published",
      [own(published), own(METRICS.publishFailed)],
      [graphed("AWS/Lambda", "IteratorAge", "Maximum", publisher)],
    ),
  );
  dashboard.addWidgets(
    graph("Waiting", queues("source", "ApproximateNumberOfMessagesVisible", "Maximum")),
    graph("Oldest message (s)", queues("source", "ApproximateAgeOfOldestMessage", "Maximum")),
  );
  dashboard.addWidgets(
    graph(
      "Outcomes of messages",
      outcomes.map((name) => own(name)),
    ),
    graph("Time (ms)", [own(METRICS.processingTime, "p99"), own(METRICS.messageAge, "p99")]),
  );
  dashboard.addWidgets(
    graph("Dead-lettered", queues("dead-letters", "NumberOfMessagesReceived", "Sum")),
    graph("Open failed messages", [own(METRICS.openFailedMessages, "Maximum")]),
  );
  if (settings.backbones.includes("kafka")) dashboard.addWidgets(...kafkaGraphs(settings));
  return dashboard;
}

function kafkaGraphs(settings: Settings): readonly GraphWidget[] {
  const { topic: Topic, group } = kafkaNames(settings);
  const lag = { "Cluster Name": kafkaClusterName(settings), "Consumer Group": group, Topic };
  const publisher = { FunctionName: physicalName(settings, KAFKA_PUBLISHER) };
  return [
    graph("Not yet read from Kafka", [graphed("AWS/Kafka", "SumOffsetLag", "Maximum", lag)]),
    graph("Published to Kafka late (ms)", [graphed("AWS/Lambda", "IteratorAge", "Maximum", publisher)]),
  ];
}

function graph(title: string, left: Metric[], right: Metric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 12, height: 6 });
}

function graphed(
  namespace: string,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string>,
  label = metricName,
): Metric {
  return new Metric({ namespace, metricName, statistic, dimensionsMap, label, period: Duration.minutes(1) });
}
