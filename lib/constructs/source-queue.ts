import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { ConsumerName } from "../../functions/consumers/consumers.ts";

/** The queue that leads to a consumer. */
export interface SourceQueue {
  readonly consumer: ConsumerName;
  readonly source: IQueue;
}

/** A dead-letter queue, its consumer, and the queue that its messages return to. */
export interface DeadLetterQueue extends SourceQueue {
  readonly deadLetters: IQueue;
}
