import { Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import type { KafkaCluster, Network } from "../kafka-cluster.ts";

export interface ReadTopic {
  readonly topic: string;
  readonly group: string;
  /** Takes the records that the event source mapping gave up. */
  readonly deadLetterTopic?: string;
}

/** Runs beside the brokers, without services that have no endpoint there, such as SQS. */
export const grantNetwork =
  ({ subnetIds, securityGroupIds }: Network): Grant =>
  (holder) => {
    const resource = holder.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
    holder.grant(manageInterfaces({ changes: ["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"] }));
  };

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

/**
 * Lambda makes network interfaces with the permissions of the function. EC2's describing actions support no resources,
 * and Lambda checks the others on every kind of resource of the account before it makes any.
 */
function manageInterfaces({
  describes = [],
  changes = [],
}: Partial<Record<"describes" | "changes", string[]>>): Grant {
  const ec2 = (actions: readonly string[]) => actions.map((action) => `ec2:${action}`);
  return (holder) =>
    holder
      .allow(ec2(["DescribeNetworkInterfaces", "DescribeSubnets", ...describes]), "*")
      .allow(
        ec2(["CreateNetworkInterface", "DeleteNetworkInterface", ...changes]),
        Stack.of(holder).formatArn({ service: "ec2", resource: "*", resourceName: "*" }),
      );
}
