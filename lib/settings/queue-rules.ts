/** A queue, its dead-letter queue, or the queue for messages that SNS could not deliver. */
export type QueueRole = "source" | "dead-letters" | "undelivered";

/** The suffixes of the other two queues' names. */
export const QUEUE_SUFFIX: Readonly<Record<QueueRole, string>> = {
  source: "",
  "dead-letters": "-dlq",
  undelivered: "-undelivered",
};

/** How long a queue keeps a message. It counts from the first enqueue, so a dead-letter queue keeps longer than its source. */
export const QUEUE_RETENTION_DAYS: Readonly<Record<QueueRole, number>> = {
  source: 4,
  "dead-letters": 14,
  undelivered: 14,
};

/** The least visibility time-out by AWS's advice: six times the function's time-out, and the batch window. */
export function leastVisibilitySeconds(reader: {
  readonly timeoutSeconds: number;
  readonly batchWindowSeconds: number;
}): number {
  return 6 * reader.timeoutSeconds + reader.batchWindowSeconds;
}
