import { Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../functions/contract/names.ts";
import { EventFunction } from "./function.ts";
import type { KafkaCluster, Network } from "./kafka-cluster.ts";

export interface ReadTopic {
  readonly topic: string;
  readonly group: string;
  /** Where the mapping puts records that it gave up on. */
  readonly deadLetterTopic?: string;
}

/** A function that has to do with the cluster, by the same rule: one method, one right, one variable. */
export class KafkaFunction extends EventFunction {
  /** Puts the function beside the brokers. It is cut off from whatever has no endpoint there: SQS, for one. */
  runsIn({ subnetIds, securityGroupIds }: Network): this {
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
    return this.#managesInterfaces({ changes: ["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"] });
  }

  /** Writes to one topic, acknowledged by all copies, each record once. */
  producesTo(cluster: KafkaCluster, topic: string, brokers: string): this {
    return this.#connectsTo(cluster, "WriteDataIdempotently")
      .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], cluster.topicArn(topic))
      .sets(ENV.kafkaBrokers, brokers)
      .sets(ENV.kafkaTopic, topic)
      .sets(ENV.kafkaSecurity, "iam");
  }

  /**
   * Reads a topic by a mapping, which does so with the rights of the function. Which they are:
   * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html,
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
   */
  readsTopic(cluster: KafkaCluster, { topic, group, deadLetterTopic }: ReadTopic): this {
    this.#connectsTo(cluster)
      .allow(["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"], cluster.arn)
      .allow(["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"], cluster.topicArn(topic))
      .allow(["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"], cluster.groupArn(group));
    if (deadLetterTopic !== undefined)
      this.allow(
        ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
        cluster.topicArn(deadLetterTopic),
      )
        .sets(ENV.giveUpAfterSeconds, this.settings.giveUpAfterSeconds)
        .sets(ENV.maxAgeSeconds, this.settings.maxAgeSeconds);
    return this.#managesInterfaces({ describes: ["DescribeVpcs", "DescribeSecurityGroups"] });
  }

  /** Reads a queue by a mapping and lets failed messages wait for the queue's own visibility: SQS is out of its reach. */
  drains(queue: IQueue): this {
    return this.receivesFrom(queue).sets(ENV.maxReceiveCount, this.settings.maxReceiveCount);
  }

  /** Asks for the addresses of the brokers. */
  looksUpBrokers(cluster: KafkaCluster): this {
    return this.allow(["kafka:GetBootstrapBrokers"], cluster.arn);
  }

  #connectsTo(cluster: KafkaCluster, ...more: readonly string[]): this {
    const actions = ["Connect", ...more].map((action) => `kafka-cluster:${action}`);
    return this.allow(actions, cluster.arn);
  }

  /**
   * Lambda makes network interfaces with the rights of the function. EC2's describing actions know no resources, and
   * Lambda checks the others on every kind of resource of the account before it makes any.
   */
  #managesInterfaces({
    describes = [],
    changes = [],
  }: Partial<Record<"describes" | "changes", string[]>>): this {
    const ec2 = (actions: readonly string[]) => actions.map((action) => `ec2:${action}`);
    const ofAccount = Stack.of(this).formatArn({ service: "ec2", resource: "*", resourceName: "*" });
    return this.allow(ec2(["DescribeNetworkInterfaces", "DescribeSubnets", ...describes]), "*").allow(
      ec2(["CreateNetworkInterface", "DeleteNetworkInterface", ...changes]),
      ofAccount,
    );
  }
}
