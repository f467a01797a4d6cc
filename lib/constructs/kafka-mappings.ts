import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { Settings } from "../config.ts";
import { physicalName } from "../stacks/names.ts";
import type { EventFunction } from "./function.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";
import type { ReadTopic } from "./kafka-function.ts";
import { STREAM_RECORD_AGE_SECONDS } from "./mappings.ts";

/** The age after which Lambda gives a record to the dead-letter topic: as for records of the stream. */
export const KAFKA_RECORD_AGE_SECONDS = STREAM_RECORD_AGE_SECONDS;

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
 * With a dead-letter topic a record is tried `kafkaRetries` times at most and for an hour; without one for ever.
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
      maxRecordAge: Duration.seconds(KAFKA_RECORD_AGE_SECONDS),
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: `kafka://${deadLetterTopic}` }) },
    }),
  });
  // Creating a mapping checks the rights of the function's role, and that the topic is there.
  mapping.node.addDependency(to.role, ...cluster.topics);
  return mapping;
}
