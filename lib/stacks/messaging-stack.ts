import { Stack, type StackProps } from "aws-cdk-lib";
import { Alias } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { declarationOf, type QueueConsumer } from "../../functions/consumers/consumers.ts";
import { MAIL_FEEDBACK } from "../../functions/contract/names.ts";
import { readingOf, type Settings } from "../config.ts";
import { ConsumerQueue } from "../constructs/consumer-queue.ts";
import { MailFeedback } from "../constructs/mail-feedback-queue.ts";
import { removalOf } from "../constructs/removal-policy.ts";
import { physicalName, queueName } from "../constructs/resource-names.ts";
import { deployedConsumers } from "../settings/deployed-consumers.ts";
import { leastVisibilitySeconds } from "../settings/queue-rules.ts";

/**
 * A value that no event has as its type: a filter cannot be empty, and a subscription is never left out. A changed
 * filter takes up to 15 minutes: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
const NO_TYPE = "none: read from a broker";

/** The topic of order events and a queue for each consumer. Stateful: it exports a fixed list. */
export class MessagingStack extends Stack {
  readonly topic: Topic;
  readonly queues: readonly ConsumerQueue[];
  /** Absent without mails. */
  readonly mailFeedback: MailFeedback | undefined;

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
      (consumer) =>
        new ConsumerQueue(this, consumer, {
          consumer,
          queueName: queueName(settings, consumer, "source"),
          topic: this.topic,
          types: allowed(consumer, settings),
          maxReceiveCount: settings.maxReceiveCount,
          visibilitySeconds: leastVisibilitySeconds(readingOf(settings, declarationOf(consumer))),
          deadLetterVisibilitySeconds: leastVisibilitySeconds(readingOf(settings)),
          removalPolicy: removalOf(settings),
        }),
    );
    this.mailFeedback = settings.mails ? new MailFeedback(this, MAIL_FEEDBACK, settings) : undefined;
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
    if (this.mailFeedback === undefined) return;
    const { source, deadLetters } = this.mailFeedback;
    for (const queue of [source, deadLetters]) {
      this.exportValue(queue.queueArn);
      this.exportValue(queue.queueUrl);
    }
  }
}

/** The event types of a queue: none, where brokers alone process and do the same work. */
function allowed(consumer: QueueConsumer, { processing }: Settings): readonly string[] {
  const { on, alsoByBrokers } = declarationOf(consumer);
  return !processing.includes("queues") && alsoByBrokers ? [NO_TYPE] : on;
}
