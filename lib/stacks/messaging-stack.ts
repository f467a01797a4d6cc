import { Stack, type StackProps } from "aws-cdk-lib";
import { Alias } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { Settings } from "../config.ts";
import { ConsumerQueue } from "../constructs/consumer-queue.ts";
import { physicalName } from "../constructs/resource-names.ts";
import { deployedConsumers } from "../settings/deployed-consumers.ts";

/** The topic of order events and a queue for each consumer. Stateful: it exports a fixed list. */
export class MessagingStack extends Stack {
  readonly topic: Topic;
  readonly queues: readonly ConsumerQueue[];

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { settings } = props;
    this.topic = new Topic(this, "Topic", {
      topicName: physicalName(settings),
      enforceSSL: true,
      // The policy of this key permits its use with the topic. The queues have a key of SQS:
      // one customer key for both would make the two depend on each other.
      masterKey: Alias.fromAliasName(this, "TopicKey", "alias/aws/sns"),
    });
    this.queues = deployedConsumers(settings).map(
      (consumer) => new ConsumerQueue(this, consumer, { consumer, settings, topic: this.topic }),
    );
    this.#exportFixedList();
  }

  queue(consumer: QueueConsumer): ConsumerQueue {
    const found = this.queues.find((each) => each.consumer === consumer);
    if (!found) throw new Error(`There is no queue of ${consumer}.`);
    return found;
  }

  /** Fixed, so that no change in another stack removes an export that is still imported. */
  #exportFixedList(): void {
    this.exportValue(this.topic.topicArn);
    for (const { source, deadLetters, undelivered } of this.queues) {
      for (const queue of [source, deadLetters, undelivered]) this.exportValue(queue.queueArn);
      this.exportValue(source.queueUrl);
    }
  }
}
