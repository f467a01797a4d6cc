import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import type { KafkaCluster } from "../kafka-cluster.ts";
import { manageInterfaces } from "./network-grants.ts";

export interface ReadTopic {
  readonly topic: string;
  readonly group: string;
  /** Takes the records that the event source mapping gave up. */
  readonly deadLetterTopic?: string;
}

/** Writes to one topic, acknowledged by all copies, each record at least once. */
export const grantProduce =
  (cluster: KafkaCluster, topic: string, brokers: string): Grant =>
  (holder) =>
    holder
      .grant(connectTo(cluster, "WriteDataIdempotently"))
      .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], cluster.topicArn(topic))
      .set(ENV.kafkaBrokers, brokers)
      .set(ENV.kafkaTopic, topic)
      .set(ENV.kafkaSecurity, "iam");

/**
 * Reads a topic through an event source mapping, which uses the permissions of the function:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
 */
export const grantReadTopic =
  (cluster: KafkaCluster, { topic, group, deadLetterTopic }: ReadTopic): Grant =>
  (holder) => {
    holder
      .grant(connectTo(cluster, "DescribeClusterDynamicConfiguration"))
      .grant(grantLookUpBrokers)
      .allow(["kafka:DescribeClusterV2"], cluster.arn)
      .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"], cluster.topicArn(topic))
      .allow(["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"], cluster.groupArn(group));
    if (deadLetterTopic !== undefined)
      holder
        .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], cluster.topicArn(deadLetterTopic))
        .set(ENV.mayBeLastAfterSeconds, holder.settings.kafkaMayBeLastAfterSeconds)
        .set(ENV.maxAgeSeconds, holder.settings.maxAgeSeconds);
    holder.grant(manageInterfaces({ describes: ["DescribeVpcs", "DescribeSecurityGroups"] }));
  };

/** Looks up the addresses of the brokers. The action supports no resources. */
export const grantLookUpBrokers: Grant = (holder) => holder.allow(["kafka:GetBootstrapBrokers"], "*");

function connectTo(cluster: KafkaCluster, ...more: readonly string[]): Grant {
  const actions = ["Connect", ...more].map((action) => `kafka-cluster:${action}`);
  return (holder) => holder.allow(actions, cluster.arn);
}
