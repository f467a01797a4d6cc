import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { declarationOf, type QueueConsumer } from "../../functions/consumers/consumers.ts";
import { ATTRIBUTES } from "../../functions/contract/names.ts";
import { readingOf, type Settings } from "../config.ts";
import { eventQueue } from "./event-queue.ts";

export interface ConsumerQueueProps {
  readonly consumer: QueueConsumer;
  readonly topic: Topic;
  readonly settings: Settings;
}

/**
 * A value that no event has as its type: a filter cannot be empty, and a subscription is never left out. A changed
 * filter takes up to 15 minutes: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export const NO_TYPE = "none: read from Kafka";

/** A consumer's queue, its dead-letter queues, and its subscription to the topic. */
export class ConsumerQueue extends Construct {
  readonly consumer: QueueConsumer;
  readonly source: Queue;
  /** The queue moves a message here after its last receive. */
  readonly deadLetters: Queue;
  /** SNS puts a message here that the queue did not accept; without it the message would be dropped silently. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ConsumerQueueProps) {
    super(scope, id);
    const { consumer, settings, topic } = props;
    const ofOwner = { owner: consumer, settings };
    this.consumer = consumer;
    this.deadLetters = eventQueue(this, "DeadLetters", { ...ofOwner, role: "dead-letters" });
    this.undelivered = eventQueue(this, "Undelivered", { ...ofOwner, role: "undelivered" });
    this.source = eventQueue(this, "Source", {
      ...ofOwner,
      role: "source",
      reading: readingOf(settings, declarationOf(consumer)),
      deadLetters: this.deadLetters,
    });
    topic.addSubscription(
      new SqsSubscription(this.source, {
        rawMessageDelivery: true,
        deadLetterQueue: this.undelivered,
        filterPolicy: {
          [ATTRIBUTES.type]: SubscriptionFilter.stringFilter({ allowlist: allowed(consumer, settings) }),
        },
      }),
    );
  }
}

/** The event types of the queue: none, where Kafka alone processes and does the same work. */
function allowed(consumer: QueueConsumer, { processing }: Settings): string[] {
  const { on, alsoByKafka } = declarationOf(consumer);
  return processing === "kafka" && alsoByKafka ? [NO_TYPE] : [...on];
}
