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
  /**
   * What happened, what the alarm misses, and what to check first: an operator reads it at night. A function where the
   * text has the number.
   */
  readonly means: string | ((above: number) => string);
}

/** A threshold whose text describes its number. */
export interface DescribedThreshold extends Threshold {
  readonly means: string;
}

/** A threshold with changes, and the text of the result. */
export function changedThreshold(usual: Threshold, changes: Partial<Threshold> = {}): DescribedThreshold {
  const threshold = { ...usual, ...changes };
  const { means, above } = threshold;
  if (typeof means !== "string") return { ...threshold, means: means(above) };
  const isDescribed = above === usual.above || changes.means !== undefined;
  return { ...threshold, means: isDescribed ? means : `${means} The threshold of this alarm is ${above}.` };
}

/** `10,000`. */
export const countText = (count: number): string => count.toLocaleString("en-US");

/** `5 minutes`, `90 seconds`. */
export const secondsText = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0
    ? `${countText(seconds / 60)} minutes`
    : `${countText(seconds)} seconds`;

/**
 * The alarms of any consumer with a queue. Nothing reads its dead-letter queues but an operator: the alarms watch how many
 * messages are in them.
 */
export const CONSUMER_THRESHOLDS = {
  "queue-length": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `More than ${countText(above)} messages wait in a consumer's queue. Messages in flight are not counted. Check first whether the consumer fails.`,
  },
  "message-age": {
    above: 300,
    periodSeconds: 60,
    periods: 5,
    statistic: "Maximum",
    means: (above) =>
      `A message has waited in a queue for more than ${secondsText(above)}. SQS leaves out a message that was received more than 3 times. Check first whether the consumer fails or is paused.`,
  },
  "dead-lettered": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means:
      "Messages wait in a consumer's dead-letter queue: they used up their receives or were parked. SQS deletes them after 14 days. Check first the reasons of the parked messages and the log of the function.",
  },
  undelivered: {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means:
      "Messages that SNS could not deliver wait in a consumer's undelivered queue. SQS deletes them after 14 days. Check first the policy and the key of the consumer's queue.",
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
