import { awsJsonClient } from "./aws-json.ts";
import type { ReceivedMessage } from "./sqs-event.ts";

const ENTRIES_PER_CALL = 10;

/** The calls of a poller on its queue. */
export interface SqsQueue {
  /** Up to `limit` (at most 10) messages; waits up to `waitSeconds` for the first. */
  receive(limit: number, waitSeconds: number): Promise<readonly ReceivedMessage[]>;
  /** Deletes messages; resolves to the number that could not be deleted, which are redelivered. */
  remove(receiptHandles: readonly string[]): Promise<number>;
  close(): void;
}

const chunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / ENTRIES_PER_CALL) }, (_, index) =>
    items.slice(index * ENTRIES_PER_CALL, (index + 1) * ENTRIES_PER_CALL),
  );

export const openSqsQueue = (endpoint: string, queueUrl: string, region: string): SqsQueue => {
  const { call, close } = awsJsonClient(endpoint, "AmazonSQS", region);
  return {
    receive: async (limit, waitSeconds) => {
      const reply = (await call("ReceiveMessage", {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(limit, ENTRIES_PER_CALL),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      })) as { readonly Messages?: readonly ReceivedMessage[] };
      return reply.Messages ?? [];
    },
    remove: async (receiptHandles) => {
      let failed = 0;
      for (const handles of chunks(receiptHandles)) {
        const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        const reply = (await call("DeleteMessageBatch", { QueueUrl: queueUrl, Entries })) as {
          readonly Failed?: readonly unknown[];
        };
        failed += reply.Failed?.length ?? 0;
      }
      return failed;
    },
    close,
  };
};
