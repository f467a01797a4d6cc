import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { declarationOf, type QueueConsumer } from "../../functions/consumers/consumers.ts";
import { ATTRIBUTES } from "../../functions/contract/names.ts";
import { readingOf, type Settings } from "../config.ts";
import { eventQueue } from "./event-queue.ts";
import type { QueueOwner } from "./resource-names.ts";

export interface ConsumerQueueProps<Owner extends QueueOwner> {
  readonly consumer: Owner;
  /** The event types that the subscription passes. */
  readonly types: readonly string[];
  readonly topic: Topic;
  readonly settings: Settings;
  /** How the queue is read; absent values are those of the settings. */
  readonly declaration?: Parameters<typeof readingOf>[1];
}

/**
 * A value that no event has as its type: a filter cannot be empty, and a subscription is never left out. A changed
 * filter takes up to 15 minutes: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export const NO_TYPE = "none: read from a broker";

/** A consumer's queue, its dead-letter queues, and its subscription to the topic. */
export class ConsumerQueue<Owner extends QueueOwner = QueueConsumer> extends Construct {
  readonly consumer: Owner;
  readonly source: Queue;
  /** The queue moves a message here after its last receive. */
  readonly deadLetters: Queue;
  /** SNS puts a message here that the queue did not accept; without it the message would be dropped silently. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ConsumerQueueProps<Owner>) {
    super(scope, id);
    const { consumer, settings, topic, types, declaration } = props;
    const ofOwner = { owner: consumer, settings };
    this.consumer = consumer;
    this.deadLetters = eventQueue(this, "DeadLetters", { ...ofOwner, role: "dead-letters" });
    this.undelivered = eventQueue(this, "Undelivered", { ...ofOwner, role: "undelivered" });
    this.source = eventQueue(this, "Source", {
      ...ofOwner,
      role: "source",
      reading: readingOf(settings, declaration),
      deadLetters: this.deadLetters,
    });
    topic.addSubscription(
      new SqsSubscription(this.source, {
        rawMessageDelivery: true,
        deadLetterQueue: this.undelivered,
        filterPolicy: {
          [ATTRIBUTES.type]: SubscriptionFilter.stringFilter({ allowlist: [...types] }),
        },
      }),
    );
  }
}

/** The event types of a consumer's queue: none, where brokers alone process and do the same work. */
export function typesInQueue(consumer: QueueConsumer, { processing }: Settings): string[] {
  const { on, alsoByBrokers } = declarationOf(consumer);
  return !processing.includes("queues") && alsoByBrokers ? [NO_TYPE] : [...on];
}
