export interface OutgoingMessage {
  readonly queueUrl: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

export interface Queues {
  /** Resolves once the queue has the message. A lost reply means a second copy, never none. */
  send(message: OutgoingMessage): Promise<void>;
  /** Sets when messages become visible again (seconds from now), up to 10 in a call. */
  changeVisibility(
    queueUrl: string,
    entries: readonly { readonly receiptHandle: string; readonly seconds: number }[],
  ): Promise<void>;
  /** Messages waiting in the queue, approximately. */
  backlog(queueUrl: string): Promise<number>;
}
