import type { Construct } from "constructs";
import type { QueueConsumer } from "../../functions/consumers/consumers.ts";
import { MessageQueue, type MessageQueueProps } from "./message-queue.ts";

export interface ConsumerQueueProps extends MessageQueueProps {
  readonly consumer: QueueConsumer;
}

/** The queue of a declared consumer. */
export class ConsumerQueue extends MessageQueue {
  readonly consumer: QueueConsumer;

  constructor(scope: Construct, id: string, { consumer, ...props }: ConsumerQueueProps) {
    super(scope, id, props);
    this.consumer = consumer;
  }
}
