import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { declarationOf, type QueueConsumer } from "../../functions/consumers/consumers.ts";
import { readingOf, type Settings } from "../config.ts";
import { leastVisibilitySeconds } from "../settings/queue-rules.ts";
import { removalOf } from "./event-queue.ts";
import { MessageQueue } from "./message-queue.ts";
import { queueName } from "./resource-names.ts";

export interface ConsumerQueueProps {
  readonly consumer: QueueConsumer;
  readonly topic: Topic;
  readonly settings: Settings;
}

/**
 * A value that no event has as its type: a filter cannot be empty, and a subscription is never left out. A changed
 * filter takes up to 15 minutes: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
const NO_TYPE = "none: read from a broker";

/** The queue of a declared consumer, with its physical name, and its subscription to the topic. */
export class ConsumerQueue extends MessageQueue {
  readonly consumer: QueueConsumer;

  constructor(scope: Construct, id: string, { consumer, settings, topic }: ConsumerQueueProps) {
    super(scope, id, {
      queueName: queueName(settings, consumer, "source"),
      topic,
      types: allowed(consumer, settings),
      maxReceiveCount: settings.maxReceiveCount,
      visibilitySeconds: leastVisibilitySeconds(readingOf(settings, declarationOf(consumer))),
      deadLetterVisibilitySeconds: leastVisibilitySeconds(readingOf(settings)),
      removalPolicy: removalOf(settings),
    });
    this.consumer = consumer;
  }
}

/** The event types of the queue: none, where brokers alone process and do the same work. */
function allowed(consumer: QueueConsumer, { processing }: Settings): string[] {
  const { on, alsoByBrokers } = declarationOf(consumer);
  return !processing.includes("queues") && alsoByBrokers ? [NO_TYPE] : [...on];
}
