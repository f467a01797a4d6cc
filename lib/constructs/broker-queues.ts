import { Stack } from "aws-cdk-lib";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import {
  KAFKA_CONSUMER,
  KAFKA_PUBLISHER,
  RABBITMQ_CONSUMER,
  RABBITMQ_PUBLISHER,
} from "../../functions/contract/broker-names.ts";
import type { Settings } from "../config.ts";
import type { QueueRole } from "../settings/queue-rules.ts";
import { type QueueOwner, queueName } from "./resource-names.ts";
import type { DeadLetterQueue, SourceQueue } from "./source-queue.ts";

/** The queues of the brokers' stacks for other stacks; none without such a stack. */
export interface BrokerQueues {
  /** One queue for publisher and consumer of a broker: its messages go to the broker again. */
  readonly sources: readonly SourceQueue[];
  readonly deadLetters: readonly DeadLetterQueue[];
}

interface BrokerQueue {
  readonly backbone: "kafka" | "rabbitmq";
  readonly publisher: QueueOwner & (typeof KAFKA_PUBLISHER | typeof RABBITMQ_PUBLISHER);
  readonly consumer: typeof KAFKA_CONSUMER | typeof RABBITMQ_CONSUMER;
  /** Whether the topic delivers to it as well. */
  readonly isSubscribed: boolean;
}

const QUEUES: readonly BrokerQueue[] = [
  { backbone: "kafka", publisher: KAFKA_PUBLISHER, consumer: KAFKA_CONSUMER, isSubscribed: false },
  { backbone: "rabbitmq", publisher: RABBITMQ_PUBLISHER, consumer: RABBITMQ_CONSUMER, isSubscribed: true },
];

/** By physical name: with a reference a broker's stack could never be taken away. */
export function brokerQueues(scope: Construct, settings: Settings): BrokerQueues {
  const sources: SourceQueue[] = [];
  const deadLetters: DeadLetterQueue[] = [];
  for (const { backbone, publisher, consumer, isSubscribed } of QUEUES) {
    if (!settings.backbones.includes(backbone)) continue;
    const parent = new Construct(scope, publisher);
    const named = (id: string, role: QueueRole): IQueue => {
      const resource = queueName(settings, publisher, role);
      return Queue.fromQueueArn(parent, id, Stack.of(scope).formatArn({ service: "sqs", resource }));
    };
    const source = named("Source", "source");
    sources.push({ consumer: publisher, source }, { consumer, source });
    deadLetters.push({ consumer: publisher, source, deadLetters: named("DeadLetters", "dead-letters") });
    if (isSubscribed)
      deadLetters.push({ consumer: publisher, source, deadLetters: named("Undelivered", "undelivered") });
  }
  return { sources, deadLetters };
}
