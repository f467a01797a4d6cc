import type { OutgoingMessage, Queues } from "../../functions/publishing/ports/queues.ts";

/** Queues that record sent messages and the visibility of each receipt. */
export interface MemoryQueues extends Queues {
  readonly sent: OutgoingMessage[];
  readonly visibility: Map<string, number>;
}

export function memoryQueues(): MemoryQueues {
  const sent: OutgoingMessage[] = [];
  const visibility = new Map<string, number>();
  return {
    sent,
    visibility,
    async send(message) {
      sent.push(message);
    },
    async changeVisibility(_queueUrl, entries) {
      if (entries.length > 10) throw new Error("TooManyEntriesInBatchRequest");
      for (const { receiptHandle, seconds } of entries) visibility.set(receiptHandle, seconds);
    },
    async backlog(queueUrl) {
      return sent.filter((message) => message.queueUrl === queueUrl).length;
    },
  };
}
