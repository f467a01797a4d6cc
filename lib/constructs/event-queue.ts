import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { readingOf, type Settings } from "../config.ts";
import { leastVisibilitySeconds, type QueueRole } from "../settings/queue-rules.ts";
import { messageQueue } from "./message-queue.ts";
import { removalOf } from "./removal-policy.ts";
import { type QueueOwner, queueName } from "./resource-names.ts";

export interface EventQueueProps {
  readonly owner: QueueOwner;
  readonly role: QueueRole;
  readonly settings: Settings;
  /** Takes a message after its last receive. Absent for a queue that is a dead-letter queue itself. */
  readonly deadLetters?: Queue;
}

/** A queue of this service, with its physical name. */
export function eventQueue(scope: Construct, id: string, props: EventQueueProps): Queue {
  const { owner, role, settings, deadLetters } = props;
  return messageQueue(scope, id, {
    queueName: queueName(settings, owner, role),
    role,
    visibilitySeconds: leastVisibilitySeconds(readingOf(settings)),
    removalPolicy: removalOf(settings),
    ...(deadLetters && {
      deadLetters: { queue: deadLetters, maxReceiveCount: settings.maxReceiveCount },
    }),
  });
}
