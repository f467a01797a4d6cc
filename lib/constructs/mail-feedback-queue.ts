import { ConfigurationSet, EmailSendingEvent, EventDestination } from "aws-cdk-lib/aws-ses";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAIL_FEEDBACK } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { eventQueue } from "./event-queue.ts";
import { mailConfigurationSet, physicalName } from "./resource-names.ts";

/**
 * Feedback of mails: the configuration set that they are sent with, its topic, and the queue of mail-feedback. The
 * dead-letter queue also takes what SNS cannot deliver and what the function parks; no function reads it. Without a sender
 * there is no configuration set.
 */
export class MailFeedback extends Construct {
  readonly topic: Topic;
  readonly source: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.deadLetters = eventQueue(this, "DeadLetters", {
      owner: MAIL_FEEDBACK,
      role: "dead-letters",
      settings,
    });
    this.source = eventQueue(this, "Source", {
      owner: MAIL_FEEDBACK,
      role: "source",
      settings,
      deadLetters: this.deadLetters,
    });
    // Without a key, because SES cannot use that of SNS.
    this.topic = new Topic(this, "Topic", {
      topicName: physicalName(settings, MAIL_FEEDBACK),
      enforceSSL: true,
    });
    this.topic.addSubscription(
      new SqsSubscription(this.source, { rawMessageDelivery: true, deadLetterQueue: this.deadLetters }),
    );
    // SES exists in fewer regions than the other services.
    if (settings.mailSender === "") return;
    new ConfigurationSet(this, "ConfigurationSet", {
      configurationSetName: mailConfigurationSet(settings),
    }).addEventDestination("Feedback", {
      destination: EventDestination.snsTopic(this.topic),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT],
    });
  }
}
