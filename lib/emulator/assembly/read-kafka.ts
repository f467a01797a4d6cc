import { batching, retrying } from "./batching.ts";
import type { KafkaMappingSpec, KafkaTopicSpec } from "./model.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import {
  AssemblyError,
  isRecord,
  type Json,
  listAt,
  numberAt,
  recordAt,
  stringAt,
} from "./template-values.ts";

export const isKafkaCluster = (arn: string): boolean => arn.startsWith("arn:aws:kafka:");

/** The topics of the templates, without their replicas: the emulator has one broker. */
export const readKafkaTopics = (assembly: ResolvedAssembly): KafkaTopicSpec[] =>
  assembly.read("AWS::MSK::Topic", ({ path, properties }) => ({
    name: stringAt(properties["TopicName"], `${path}: TopicName`),
    partitions: numberAt(properties["PartitionCount"], `${path}: PartitionCount`),
    configs: topicConfigs(stringAt(properties["Configs"] ?? "", `${path}: Configs`)),
  }));

/** Lines of `name=value` in Base64. */
function topicConfigs(encoded: string): Readonly<Record<string, string>> {
  const lines = Buffer.from(encoded, "base64").toString().split("\n");
  return Object.fromEntries(
    lines
      .filter((line) => line.includes("="))
      .map((line) => [line.split("=", 1)[0], line.replace(/^[^=]*=/, "")]),
  );
}

/** The settings that Lambda accepts in provisioned mode only. */
const PROVISIONED_ONLY = [
  "BisectBatchOnFunctionError",
  "MaximumRetryAttempts",
  "MaximumRecordAgeInSeconds",
  "FunctionResponseTypes",
  "DestinationConfig",
] as const;

/**
 * The event source mapping of a topic, with Lambda's defaults. Bounds outside provisioned mode are refused, as Lambda
 * refuses them.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export function kafkaMapping(
  { name, path, properties }: ResolvedResource,
  functionName: string,
  clusterArn: string,
): KafkaMappingSpec {
  const provisioned = properties["ProvisionedPollerConfig"];
  const bound = PROVISIONED_ONLY.find((property) => properties[property] !== undefined);
  if (provisioned === undefined && bound !== undefined) {
    throw new AssemblyError(`${path}: Lambda supports ${bound} for topics in provisioned mode only`);
  }
  if (properties["FilterCriteria"] !== undefined) {
    throw new AssemblyError(`${path}: the local emulator does not support filters on topics`);
  }
  const [topic, ...others] = listAt(properties["Topics"], `${path}: Topics`);
  if (others.length > 0) throw new AssemblyError(`${path}: a mapping reads one topic`);
  const group = properties["AmazonManagedKafkaEventSourceConfig"];
  const destination = destinationTopic(properties["DestinationConfig"], path);
  if (destination !== undefined && destination === topic) {
    throw new AssemblyError(`${path}: a topic cannot be the destination of its own failures`);
  }
  return {
    kind: "kafka",
    functionName,
    clusterArn,
    topic: stringAt(topic, `${path}: Topics`),
    consumerGroup: isRecord(group) ? stringAt(group["ConsumerGroupId"], `${path}: ConsumerGroupId`) : name,
    ...batching(properties, path, 100),
    maximumPollers: pollers(provisioned, path),
    ...retrying(properties, path),
    ...(destination === undefined ? {} : { destinationTopic: destination }),
  };
}

const pollers = (config: unknown, path: string): number =>
  config === undefined
    ? 1
    : numberAt(
        recordAt(config, `${path}: ProvisionedPollerConfig`)["MaximumPollers"],
        `${path}: MaximumPollers`,
        1,
      );

function destinationTopic(config: unknown, path: string): string | undefined {
  const onFailure: Json | undefined =
    isRecord(config) && isRecord(config["OnFailure"]) ? config["OnFailure"] : undefined;
  if (onFailure === undefined) return undefined;
  const destination = stringAt(onFailure["Destination"], `${path}: OnFailure.Destination`);
  if (!destination.startsWith("kafka://")) {
    throw new AssemblyError(
      `${path}: the local emulator writes failed records to a topic, not to ${destination}`,
    );
  }
  return destination.slice("kafka://".length);
}
