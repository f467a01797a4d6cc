import type { Attributes } from "../../middleware/attributes.ts";
import type { MessageVisibility } from "../../middleware/transports/sqs.ts";

export interface OutgoingMessage {
  readonly queueUrl: string;
  readonly body: string;
  readonly attributes: Attributes;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

export interface Queues extends MessageVisibility {
  /** Resolves once the queue has stored the message. A lost reply may cause a duplicate, never a loss. */
  send(message: OutgoingMessage): Promise<void>;
  /** Messages waiting in the queue, approximately. */
  backlog(queueUrl: string): Promise<number>;
}
