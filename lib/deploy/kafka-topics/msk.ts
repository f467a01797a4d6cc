import { setTimeout as sleep } from "node:timers/promises";
import {
  type Cluster,
  CreateTopicCommand,
  DescribeClusterV2Command,
  DescribeTopicCommand,
  type DescribeTopicResponse,
  KafkaClient,
  paginateListTopics,
  UpdateTopicCommand,
} from "@aws-sdk/client-kafka";
import { decodeConfigs, encodeConfigs } from "../../settings/wanted-topics.ts";
import type { ActualTopic, Step } from "./topic-plan.ts";

/** The topics of the cluster cannot be changed. The message holds the cause and the remedy. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** Topics of one MSK cluster, through the MSK API. No broker is contacted. */
export interface Msk {
  /** The number of brokers. Rejects with `ClusterError` for a cluster without the topic API. */
  brokers(): Promise<number>;
  /** The existing ones of the named topics. */
  topics(names: readonly string[]): Promise<readonly ActualTopic[]>;
  /** Makes a step and waits until the topic is ACTIVE. Steps without a change send no request. */
  apply(step: Step): Promise<void>;
}

export interface MskOptions {
  /** Time between two polls of a topic that is being changed. */
  readonly waitMs?: number;
  /** Polls before waiting ends with an error. */
  readonly maxPolls?: number;
}

export function msk(clusterArn: string, client: KafkaClient, options: MskOptions = {}): Msk {
  const { waitMs = 2_000, maxPolls = 60 } = options;
  const ClusterArn = clusterArn;
  const describe = (TopicName: string): Promise<DescribeTopicResponse> =>
    client.send(new DescribeTopicCommand({ ClusterArn, TopicName }));

  async function waitUntilActive(name: string): Promise<void> {
    for (let poll = 0; poll < maxPolls; poll++) {
      const { Status } = await describe(name).catch(ignoreNotFound);
      if (Status === "ACTIVE") return;
      await sleep(waitMs);
    }
    throw new ClusterError(
      `${name} is still being changed after ${(maxPolls * waitMs) / 1_000} s. Run this again later.`,
    );
  }

  return {
    async brokers() {
      const { ClusterInfo } = await client.send(new DescribeClusterV2Command({ ClusterArn }));
      return brokersOf(ClusterInfo, clusterArn);
    },
    async topics(names) {
      const there: string[] = [];
      for await (const { Topics = [] } of paginateListTopics({ client }, { ClusterArn }))
        for (const { TopicName } of Topics)
          if (TopicName !== undefined && names.includes(TopicName)) there.push(TopicName);
      return Promise.all(there.map(async (name) => asTopic(name, await describe(name))));
    },
    async apply(step) {
      switch (step.kind) {
        case "create": {
          const { name: TopicName, partitions, replication, configs } = step.topic;
          const size = { PartitionCount: partitions, ReplicationFactor: replication };
          await client.send(
            new CreateTopicCommand({ ClusterArn, TopicName, ...size, Configs: encodeConfigs(configs) }),
          );
          return waitUntilActive(TopicName);
        }
        case "configure": {
          const Configs = encodeConfigs(step.configs);
          await client.send(new UpdateTopicCommand({ ClusterArn, TopicName: step.name, Configs }));
          return waitUntilActive(step.name);
        }
        case "grow":
          await client.send(
            new UpdateTopicCommand({ ClusterArn, TopicName: step.name, PartitionCount: step.to }),
          );
          return waitUntilActive(step.name);
        default:
      }
    },
  };
}

/** A client with the default credentials, for the region of the ARN. */
export function mskClient(clusterArn: string): KafkaClient {
  const [, , , region = ""] = clusterArn.split(":");
  return new KafkaClient({ region });
}

function brokersOf(cluster: Cluster | undefined, arn: string): number {
  const name = cluster?.ClusterName ?? arn;
  if (cluster?.ClusterType === "SERVERLESS")
    throw new ClusterError(`${name} is serverless: MSK has no topic API for it. Name a provisioned cluster.`);
  if (cluster?.State !== "ACTIVE" && cluster?.State !== "UPDATING")
    throw new ClusterError(
      `${name} is in state ${cluster?.State ?? "unknown"}. Run this again when it is ACTIVE.`,
    );
  const brokers = cluster.Provisioned?.NumberOfBrokerNodes;
  if (brokers === undefined) throw new ClusterError(`MSK returned no number of brokers for ${name}.`);
  return brokers;
}

function asTopic(name: string, topic: DescribeTopicResponse): ActualTopic {
  return {
    name,
    partitions: topic.PartitionCount ?? 0,
    replication: topic.ReplicationFactor ?? 0,
    configs: decodeConfigs(topic.Configs),
  };
}

/** A new topic is not visible at once. */
function ignoreNotFound(error: unknown): DescribeTopicResponse {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotFoundException" || name === "UnknownTopicOrPartitionException") return {};
  throw error;
}
