import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { ConsumerName } from "../../functions/contract/names.ts";

/** The queue that leads to a consumer. */
export interface SourceQueue {
  readonly consumer: ConsumerName;
  readonly source: IQueue;
}

/** A dead-letter queue, its consumer, and the queue that its messages return to. */
export interface DeadLetterSource extends SourceQueue {
  readonly deadLetters: IQueue;
}
