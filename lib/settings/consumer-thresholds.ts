/** An alarm goes off above `above` in `periods` periods in a row. */
export interface Threshold {
  readonly above: number;
  /** It also goes off at `above` itself. */
  readonly inclusive?: true;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly statistic: "Maximum" | "Sum";
  /** The alarm also goes off where the metric has no data. Default: an idle queue or function reports nothing. */
  readonly missingBreaches?: true;
  /** What happened, what the alarm misses, and what to check first: an operator reads it at night. */
  readonly means: string;
}

/** The alarms of any consumer with a queue. */
export const CONSUMER_THRESHOLDS = {
  "queue-length": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means:
      "More than 10,000 messages wait in a consumer's queue. Messages in flight are not counted. Check first whether the consumer fails.",
  },
  "message-age": {
    above: 300,
    periodSeconds: 60,
    periods: 5,
    statistic: "Maximum",
    means:
      "A message has waited in a queue for more than 5 minutes. SQS leaves out a message that was received more than 3 times. Check first whether the consumer fails or is paused.",
  },
  "dead-lettered": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Messages used up their receives and moved to a dead-letter queue. Receives from that queue are counted, because its depth returns to zero. Check first the last error of these messages.",
  },
  undelivered: {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means: "SNS could not deliver to a consumer's queue. Check first the policy and the key of the queue.",
  },
  throttles: {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Lambda refused to run a function: the account's concurrency is used up. Each throttled receive counts as a receive. Check first which function uses the concurrency.",
  },
  "function-errors": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "A function crashed or timed out. Failed messages are not counted. Check first the log of the function.",
  },
} as const satisfies Record<string, Threshold>;
export type ConsumerAlarmKind = keyof typeof CONSUMER_THRESHOLDS;
