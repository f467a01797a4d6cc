import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { Settings } from "../config.ts";
import type { EventFunction } from "./function.ts";
import type { ReadTopic } from "./grants/kafka-grants.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";
import { physicalName } from "./resource-names.ts";

/** The longest age that Lambda takes, short of none. */
const LONGEST_RECORD_AGE_SECONDS = 604_800;
const HOUR_SECONDS = 3_600;

export interface TopicMappingProps {
  readonly cluster: KafkaCluster;
  readonly read: ReadTopic;
  readonly settings: Settings;
  readonly enabled: boolean;
  readonly maximumPollers: number;
}

/**
 * Lets a function read a topic from its beginning. Pollers are provisioned: only so are retries bounded and answers
 * partial (https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html), and only so does the network
 * need no endpoint that costs by the hour. All mappings of the stack share one group of pollers, and its price.
 *
 * With a dead-letter topic a batch is tried again `kafkaRetries` times at most; without one for ever. Age is no bound
 * of its own: what the topic still holds when a pause is over, or when Kafka processes for the first time, is processed.
 */
export function mapTopic(to: EventFunction, id: string, props: TopicMappingProps): EventSourceMapping {
  const { cluster, read, settings } = props;
  const { deadLetterTopic } = read;
  const mapping = new EventSourceMapping(to, id, {
    target: to.function,
    eventSourceArn: cluster.arn,
    kafkaTopic: read.topic,
    kafkaConsumerGroupId: read.group,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: settings.kafkaBatchSize,
    enabled: props.enabled,
    provisionedPollerConfig: {
      minimumPollers: 1,
      maximumPollers: props.maximumPollers,
      pollerGroupName: physicalName(settings.stage),
    },
    ...(deadLetterTopic !== undefined && {
      maxBatchingWindow: Duration.seconds(settings.batchWindowSeconds),
      bisectBatchOnError: true,
      retryAttempts: settings.kafkaRetries,
      maxRecordAge: Duration.seconds(recordAgeSeconds(settings)),
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: `kafka://${deadLetterTopic}` }) },
    }),
  });
  // Creating a mapping checks the rights of the function's role, and that the topic is there.
  mapping.node.addDependency(to.role, ...cluster.topics);
  return mapping;
}

function recordAgeSeconds({ kafkaRetentionHours }: Settings): number {
  return Math.min(LONGEST_RECORD_AGE_SECONDS, kafkaRetentionHours * HOUR_SECONDS);
}
