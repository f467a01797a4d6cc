import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { LIMITS } from "../../functions/contract/limits.ts";
import { type QueueReading, readingOf, type Settings, visibilitySeconds } from "../config.ts";
import { type QueueOwner, type QueueRole, queueName } from "./resource-names.ts";

export interface EventQueueProps {
  readonly owner: QueueOwner;
  readonly role: QueueRole;
  readonly settings: Settings;
  /** Its reader. Default: the settings. */
  readonly reading?: QueueReading;
  /** Takes a message after its last receive. Absent for a queue that is a dead-letter queue itself. */
  readonly deadLetters?: Queue;
}

/** A queue of events. Retention counts from the first enqueue, so a dead-letter queue keeps longer than its source. */
export function eventQueue(scope: Construct, id: string, props: EventQueueProps): Queue {
  const { owner, role, settings, deadLetters, reading = readingOf(settings) } = props;
  return new Queue(scope, id, {
    queueName: queueName(settings.stage, owner, role),
    encryption: QueueEncryption.SQS_MANAGED,
    // SNS delivers no larger message, and none would fit into a row of the failed-message table.
    maxMessageSizeBytes: LIMITS.messageBytes,
    enforceSSL: true,
    retentionPeriod: Duration.days(role === "source" ? 4 : 14),
    visibilityTimeout: Duration.seconds(visibilitySeconds(reading)),
    receiveMessageWaitTime: Duration.seconds(20),
    removalPolicy: settings.protectData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    ...(deadLetters && {
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: settings.maxReceiveCount },
    }),
  });
}
