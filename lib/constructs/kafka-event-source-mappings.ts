import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { Settings } from "../config.ts";
import type { ConsumerFunction } from "./consumer-function.ts";
import type { ReadTopic } from "./grants/kafka-grants.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";
import { physicalName } from "./resource-names.ts";

/** The longest age that Lambda accepts. */
const LONGEST_RECORD_AGE_SECONDS = 604_800;
const HOUR_SECONDS = 3_600;

export interface TopicMappingProps {
  readonly cluster: KafkaCluster;
  readonly read: ReadTopic;
  readonly settings: Settings;
  /** false: another backbone processes. */
  readonly isProcessing?: boolean;
  readonly maximumPollers: number;
}

/**
 * The event source mapping of a topic, from its beginning. Pollers are provisioned for two reasons:
 * - Only then are retries bounded and responses partial
 *   (https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html).
 * - Only then does the network need no endpoint that costs by the hour.
 *
 * All mappings of the stack share one group of pollers, and its price. With a dead-letter topic a batch is retried
 * `kafkaRetries` times at most; without one forever. Age is no bound: records that the topic still holds after a pause,
 * or when Kafka processes for the first time, are processed.
 */
export function mapTopic(to: ConsumerFunction, id: string, props: TopicMappingProps): EventSourceMapping {
  const { cluster, read, settings } = props;
  const deadLetterTopic = read.givingUp?.deadLetterTopic;
  const mapping = new EventSourceMapping(to, id, {
    target: to.function,
    eventSourceArn: cluster.arn,
    kafkaTopic: read.topic,
    kafkaConsumerGroupId: read.group,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: settings.kafkaBatchSize,
    ...(props.isProcessing !== undefined && { enabled: props.isProcessing }),
    provisionedPollerConfig: {
      minimumPollers: 1,
      maximumPollers: props.maximumPollers,
      pollerGroupName: physicalName(settings),
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
  // Creating a mapping checks the permissions of the function's role, and that the topic exists.
  mapping.node.addDependency(to.role, ...cluster.topics);
  return mapping;
}

/** Age above which Lambda gives up a record. */
export function recordAgeSeconds({ kafkaRetentionHours }: Settings): number {
  return Math.min(LONGEST_RECORD_AGE_SECONDS, kafkaRetentionHours * HOUR_SECONDS);
}
