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

/** The cluster cannot be worked on; the message says why, and what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** Topics of one MSK cluster, by its control plane: nothing here speaks to a broker. */
export interface Msk {
  /** How many brokers it has. Rejects with `ClusterError` for a cluster whose topics cannot be worked on. */
  brokers(): Promise<number>;
  /** Those of the named topics that are there. */
  topics(names: readonly string[]): Promise<readonly ActualTopic[]>;
  /** Does a step and waits until it is done; steps that change nothing are no calls. */
  apply(step: Step): Promise<void>;
}

export interface MskOptions {
  /** Between two maxPolls at a topic that is being changed. */
  readonly waitMs?: number;
  /** How often it is looked at, before waiting ends with an error. */
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

/** A client that finds credentials as every AWS program does, for the region that the ARN names. */
export function mskClient(clusterArn: string): KafkaClient {
  const [, , , region = ""] = clusterArn.split(":");
  return new KafkaClient({ region });
}

function brokersOf(cluster: Cluster | undefined, arn: string): number {
  const name = cluster?.ClusterName ?? arn;
  if (cluster?.ClusterType === "SERVERLESS")
    throw new ClusterError(
      `${name} is serverless: its topics cannot be worked on by MSK's interface. Name a provisioned cluster.`,
    );
  if (cluster?.State !== "ACTIVE" && cluster?.State !== "UPDATING")
    throw new ClusterError(
      `${name} is in state ${cluster?.State ?? "unknown"}. Run this again when it is ACTIVE.`,
    );
  const brokers = cluster.Provisioned?.NumberOfBrokerNodes;
  if (brokers === undefined) throw new ClusterError(`MSK does not say how many brokers ${name} has.`);
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

/** A topic that was made a moment ago may not be there for everybody yet. */
function ignoreNotFound(error: unknown): DescribeTopicResponse {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotFoundException" || name === "UnknownTopicOrPartitionException") return {};
  throw error;
}
