import { Stack } from "aws-cdk-lib";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { type QueueRole, queueName } from "./resource-names.ts";
import type { DeadLetterSource, SourceQueue } from "./source-queue.ts";

/** The queue of the Kafka stack as other stacks see it; nothing where that stack is not there. */
export interface KafkaQueues {
  /** Both of Kafka's settlers are reached by the one queue: what it gets goes to the topic again. */
  readonly sources: readonly SourceQueue[];
  readonly deadLetters: readonly DeadLetterSource[];
}

/** By physical name: a reference would keep the Kafka stack from ever being taken away. */
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
