import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { SubscriptionFilter, type Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { LIMITS } from "../../functions/contract/limits.ts";
import { ATTRIBUTES, type QueueConsumer, SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import { type Settings, visibilitySeconds } from "../config.ts";
import { type QueueRole, queueName } from "../stacks/names.ts";

export interface ConsumerQueueProps {
  readonly consumer: QueueConsumer;
  readonly topic: Topic;
  readonly settings: Settings;
}

/** A consumer's queue, what happens to messages it cannot handle, and its subscription to the topic. */
export class ConsumerQueue extends Construct {
  readonly consumer: QueueConsumer;
  readonly source: Queue;
  /** Where the queue puts a message after the last receive. */
  readonly deadLetters: Queue;
  /** Where SNS puts a message that the queue did not take; without it the message is dropped silently. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ConsumerQueueProps) {
    super(scope, id);
    const { consumer, settings, topic } = props;
    this.consumer = consumer;
    this.deadLetters = this.#queue("DeadLetters", "dead-letters", settings, Duration.days(14));
    this.undelivered = this.#queue("Undelivered", "undelivered", settings, Duration.days(14));
    this.source = this.#queue("Source", "source", settings, Duration.days(4), this.deadLetters);
    topic.addSubscription(
      new SqsSubscription(this.source, {
        rawMessageDelivery: true,
        deadLetterQueue: this.undelivered,
        filterPolicy: {
          [ATTRIBUTES.type]: SubscriptionFilter.stringFilter({ allowlist: [...SUBSCRIPTIONS[consumer]] }),
        },
      }),
    );
  }

  /** Retention counts from the first enqueue, so a dead-letter queue keeps longer than its source. */
  #queue(id: string, role: QueueRole, settings: Settings, retention: Duration, deadLetters?: Queue): Queue {
    return new Queue(this, id, {
      queueName: queueName(settings.stage, this.consumer, role),
      encryption: QueueEncryption.SQS_MANAGED,
      // What SNS delivers at most; a larger message would not fit into a row of the failed-message store.
      maxMessageSizeBytes: LIMITS.messageBytes,
      enforceSSL: true,
      retentionPeriod: retention,
      visibilityTimeout: Duration.seconds(visibilitySeconds(settings)),
      receiveMessageWaitTime: Duration.seconds(20),
      removalPolicy: settings.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(deadLetters && {
        deadLetterQueue: { queue: deadLetters, maxReceiveCount: settings.maxReceiveCount },
      }),
    });
  }
}
