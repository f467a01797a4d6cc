import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type ITopic, SubscriptionFilter } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MESSAGE_BYTES } from "../../functions/middleware/engine-names.ts";
import {
  leastVisibilitySeconds,
  QUEUE_RETENTION_DAYS,
  QUEUE_SUFFIX,
  type QueueRole,
} from "../settings/queue-rules.ts";

export interface QueueProps {
  /** Default: made by CloudFormation. */
  readonly queueName?: string | undefined;
  readonly role: QueueRole;
  readonly visibilitySeconds: number;
  readonly removalPolicy?: RemovalPolicy | undefined;
  /** Takes a message after its last receive. Absent for a queue that is a dead-letter queue itself. */
  readonly deadLetters?: { readonly queue: Queue; readonly maxReceiveCount: number };
}

/** A queue of messages. */
export function messageQueue(scope: Construct, id: string, props: QueueProps): Queue {
  const { queueName, role, visibilitySeconds, removalPolicy = RemovalPolicy.DESTROY, deadLetters } = props;
  return new Queue(scope, id, {
    ...(queueName !== undefined && { queueName }),
    encryption: QueueEncryption.SQS_MANAGED,
    // SNS delivers no larger message, and none would fit into a row of the failed-message table.
    maxMessageSizeBytes: MESSAGE_BYTES,
    enforceSSL: true,
    retentionPeriod: Duration.days(QUEUE_RETENTION_DAYS[role]),
    visibilityTimeout: Duration.seconds(visibilitySeconds),
    receiveMessageWaitTime: Duration.seconds(20),
    removalPolicy,
    ...(deadLetters && { deadLetterQueue: deadLetters }),
  });
}

export interface MessageQueueProps {
  /** Name of the queue; the others are called `<name>-dlq` and `<name>-undelivered`. Default: made by CloudFormation. */
  readonly queueName?: string;
  /** A topic to subscribe to, by raw delivery. */
  readonly topic?: ITopic;
  /** Values of the attribute `type` that the subscription passes. Default: all messages. */
  readonly types?: readonly string[];
  /** Receives before the queue moves a message to its dead-letter queue. Default: 5. */
  readonly maxReceiveCount?: number;
  /** Default: 180, which suits a function of 30 seconds. */
  readonly visibilitySeconds?: number;
  /** Of the dead-letter queues, which another function may read. Default: `visibilitySeconds`. */
  readonly deadLetterVisibilitySeconds?: number;
  /** Default: the queues go with the stack. */
  readonly removalPolicy?: RemovalPolicy;
}

/** A queue with its dead-letter queues, and its subscription to a topic. */
export class MessageQueue extends Construct {
  readonly source: Queue;
  /** The queue moves a message here after its last receive. */
  readonly deadLetters: Queue;
  /** SNS puts a message here that the queue did not accept; without it the message would be dropped silently. */
  readonly undelivered: Queue;
  readonly maxReceiveCount: number;
  readonly #visibilitySeconds: number;

  constructor(scope: Construct, id: string, props: MessageQueueProps = {}) {
    super(scope, id);
    const { queueName, topic, types, removalPolicy, maxReceiveCount = 5, visibilitySeconds = 180 } = props;
    const { deadLetterVisibilitySeconds = visibilitySeconds } = props;
    this.maxReceiveCount = maxReceiveCount;
    this.#visibilitySeconds = visibilitySeconds;
    const common = (role: QueueRole) => ({
      queueName: queueName === undefined ? undefined : `${queueName}${QUEUE_SUFFIX[role]}`,
      role,
      visibilitySeconds: role === "source" ? visibilitySeconds : deadLetterVisibilitySeconds,
      removalPolicy,
    });
    this.deadLetters = messageQueue(this, "DeadLetters", common("dead-letters"));
    this.undelivered = messageQueue(this, "Undelivered", common("undelivered"));
    const deadLetters = { queue: this.deadLetters, maxReceiveCount };
    this.source = messageQueue(this, "Source", { ...common("source"), deadLetters });
    topic?.addSubscription(
      new SqsSubscription(this.source, {
        rawMessageDelivery: true,
        deadLetterQueue: this.undelivered,
        ...(types && {
          filterPolicy: { type: SubscriptionFilter.stringFilter({ allowlist: [...types] }) },
        }),
      }),
    );
  }

  /** Throws a RangeError where a message would be redelivered while a function may still handle it. */
  requireVisibility(timeoutSeconds: number, batchWindowSeconds: number): void {
    const least = leastVisibilitySeconds({ timeoutSeconds, batchWindowSeconds });
    if (this.#visibilitySeconds >= least) return;
    throw new RangeError(
      `The queue ${this.node.path} needs visibilitySeconds of at least ${least}, six times the time-out of the function ` +
        `and the batch window; received ${this.#visibilitySeconds}.`,
    );
  }
}
