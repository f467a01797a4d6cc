import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import type { Settings } from "../../config.ts";
import { kafkaNames } from "../../settings/kafka-names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { kafkaClusterName, rabbitBrokerName } from "../resource-names.ts";

/** Admission by the length of this queue. */
export const grantAdmissionByQueue =
  (queue: IQueue, { backlogLimit }: { readonly backlogLimit: number }): ConsumerGrant =>
  (holder) =>
    holder
      .allow(["sqs:GetQueueAttributes"], queue.queueArn)
      .set(ENV.backlogQueueUrl, queue.queueUrl)
      .set(ENV.backlogLimit, backlogLimit);

/** Admission by a metric of the broker that processes. CloudWatch's actions support no resources. */
export const grantAdmissionByMetric =
  (settings: Settings): ConsumerGrant =>
  (holder) => {
    holder
      .allow(["cloudwatch:GetMetricData"], "*")
      .set(
        ENV.backlogMetric,
        JSON.stringify(settings.processing.includes("kafka") ? lag(settings) : depth(settings)),
      )
      .set(ENV.backlogLimit, settings.backlogLimit);
  };

/** The lag of Kafka's consumer group. */
function lag(settings: Settings) {
  const { topic, group } = kafkaNames(settings);
  const dimensions = {
    "Cluster Name": kafkaClusterName(settings),
    "Consumer Group": group,
    Topic: topic,
  };
  return { namespace: "AWS/Kafka", name: "SumOffsetLag", dimensions };
}

/** All messages of the RabbitMQ broker: RabbitMQ 4 on Amazon MQ has no metric of a queue. */
function depth(settings: Settings) {
  return {
    namespace: "AWS/AmazonMQ",
    name: "MessageCount",
    dimensions: { Broker: rabbitBrokerName(settings) },
  };
}
