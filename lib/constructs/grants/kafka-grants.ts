import { ENV } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import type { KafkaCluster } from "../kafka-cluster.ts";
import { manageInterfaces } from "./network-grants.ts";

export interface ReadTopic {
  readonly topic: string;
  readonly group: string;
  /** Where the event source mapping gives records up. */
  readonly givingUp?: {
    /** Takes the records. */
    readonly deadLetterTopic: string;
    /** Age of a record from which an attempt may be its last. */
    readonly mayBeLastAfterSeconds: number;
    /** Age of a message above which it is parked; 0 switches expiry off. */
    readonly maxAgeSeconds: number;
  };
}

/** Writes to one topic, acknowledged by all copies, each record at least once. */
export const grantProduce =
  (cluster: KafkaCluster, topic: string, brokers: string): ConsumerGrant =>
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
  (cluster: KafkaCluster, { topic, group, givingUp }: ReadTopic): ConsumerGrant =>
  (holder) => {
    holder
      .grant(connectTo(cluster, "DescribeClusterDynamicConfiguration"))
      .grant(grantLookUpBrokers)
      .allow(["kafka:DescribeClusterV2"], cluster.arn)
      .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"], cluster.topicArn(topic))
      .allow(["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"], cluster.groupArn(group));
    if (givingUp !== undefined)
      holder
        .allow(
          ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
          cluster.topicArn(givingUp.deadLetterTopic),
        )
        .set(ENV.mayBeLastAfterSeconds, givingUp.mayBeLastAfterSeconds)
        .set(ENV.maxAgeSeconds, givingUp.maxAgeSeconds);
    holder.grant(manageInterfaces({ describes: ["DescribeVpcs", "DescribeSecurityGroups"] }));
  };

/** Looks up the addresses of the brokers. The action supports no resources. */
export const grantLookUpBrokers: ConsumerGrant = (holder) => holder.allow(["kafka:GetBootstrapBrokers"], "*");

function connectTo(cluster: KafkaCluster, ...more: readonly string[]): ConsumerGrant {
  const actions = ["Connect", ...more].map((action) => `kafka-cluster:${action}`);
  return (holder) => holder.allow(actions, cluster.arn);
}
