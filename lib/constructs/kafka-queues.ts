import { Stack } from "aws-cdk-lib";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";
import type { QueueRole } from "../settings/queue-rules.ts";
import { queueName } from "./resource-names.ts";
import type { DeadLetterSource, SourceQueue } from "./source-queue.ts";

/** The queue of the Kafka stack for other stacks; none without that stack. */
export interface KafkaQueues {
  /** One queue for both of Kafka's consumers: its messages go to the topic again. */
  readonly sources: readonly SourceQueue[];
  readonly deadLetters: readonly DeadLetterSource[];
}

/** By physical name: with a reference the Kafka stack could never be taken away. */
export function kafkaQueues(scope: Construct, settings: Settings): KafkaQueues {
  if (!settings.kafka) return { sources: [], deadLetters: [] };
  const parent = new Construct(scope, "publish-to-kafka");
  const named = (id: string, role: QueueRole): IQueue => {
    const resource = queueName(settings.stage, "publish-to-kafka", role);
    return Queue.fromQueueArn(parent, id, Stack.of(scope).formatArn({ service: "sqs", resource }));
  };
  const source = named("Source", "source");
  return {
    sources: [
      { consumer: "publish-to-kafka", source },
      { consumer: "order-events-kafka", source },
    ],
    deadLetters: [
      { consumer: "publish-to-kafka", source, deadLetters: named("DeadLetters", "dead-letters") },
    ],
  };
}
