import { METRICS } from "../../functions/contract/names.ts";

/** When an alarm goes off: more than `above` in `periods` periods in a row. */
export interface Threshold {
  readonly above: number;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly statistic: "Maximum" | "Sum";
  /** What it tells, and what it misses. */
  readonly means: string;
}

/** Every kind of alarm; the README has a runbook under the heading `alarm-<kind>` for each. */
export const THRESHOLDS = {
  "queue-length": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means:
      "A consumer falls behind; new orders are refused from here on. Messages in flight are not counted.",
  },
  "message-age": {
    above: 300,
    periodSeconds: 60,
    periods: 5,
    statistic: "Maximum",
    means: "Messages wait longer than 5 minutes. SQS leaves out one that was received more than 3 times.",
  },
  "failed-messages": {
    above: 100,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Many attempts fail, over all consumers. Attempts that end in a crash or time-out are not counted.",
  },
  "dead-lettered": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Messages used up their receives. Counts receives, as a depth would go unseen once they are drained.",
  },
  undelivered: {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means: "SNS could not deliver to a queue: its policy, or its key.",
  },
  "delivery-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means: "SNS gave up a delivery to a subscriber, with or without a dead-letter queue.",
  },
  "publish-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means: "The topic did not take events; they are parked and published again each minute.",
  },
  // Below the hour after which the mapping gives a record up: no record that it reads is older.
  "iterator-age": {
    above: 3_000_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means:
      "Events leave 50 minutes late; after an hour they go to the bucket. Silent while the mapping reads nothing.",
  },
  "publishing-late": {
    above: 300_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: "Events leave more than 5 minutes late: there is time to act before records go to the bucket.",
  },
  throttles: {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Lambda refused to start a function: the account's concurrency is used up. Throttled receives count.",
  },
  "function-errors": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "A function crashed or timed out, which no record can bring about. Failed records are not counted here.",
  },
  "api-errors": {
    above: 0,
    periodSeconds: 60,
    periods: 3,
    statistic: "Sum",
    means: "The API answers 5xx for three minutes. Refusals because of the backlog (503) count.",
  },
  "open-failed-messages": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means: "Messages wait for a person. Reported each minute, so a row shows a minute late.",
  },
  "kafka-lag": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means:
      "Kafka's consumer falls behind; where Kafka alone processes, new orders are refused from here on. " +
      "Silent while the group has read nothing yet.",
  },
  "kafka-offline": {
    above: 0,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: "Partitions have no leader: nothing is written to them or read from them.",
  },
  "kafka-disk": {
    above: 80,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means: "A broker's volume is more than 80 percent full; a full one takes no more records.",
  },
  "kafka-given-up": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Records came to the dead-letter topic. Counts calls of the function that parks them, and its retries.",
  },
} as const satisfies Record<string, Threshold>;
export type AlarmKind = keyof typeof THRESHOLDS;

/** Metrics of our own that alarms read, all by service alone: an alarm cannot sum over dimensions. */
export const OWN_METRICS = {
  "failed-messages": METRICS.failed,
  "publish-failed": METRICS.publishFailed,
  "open-failed-messages": METRICS.openFailedMessages,
} as const satisfies Partial<Record<AlarmKind, string>>;
