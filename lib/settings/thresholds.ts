import { METRICS } from "../../functions/contract/names.ts";
import { CONSUMER_THRESHOLDS, countText, secondsText, type Threshold } from "./consumer-thresholds.ts";

/** Of a share, without the errors of its binary form. */
const percentText = (share: number): number => Number((share * 100).toPrecision(6));

/** Every kind of alarm. `lib/stacks/runbooks.md` has a runbook for each under the heading `alarm-<kind>`. */
export const THRESHOLDS = {
  ...CONSUMER_THRESHOLDS,
  "queue-length": {
    ...CONSUMER_THRESHOLDS["queue-length"],
    means: (above) =>
      `More than ${countText(above)} messages wait in a consumer's queue. At the backlog limit of order-created the API refuses new orders (503 BUSY). Messages in flight are not counted. Check first whether the consumer fails.`,
  },
  // The function dead-letters polls these queues: their depth returns to zero, so receives are counted.
  "dead-lettered": {
    ...CONSUMER_THRESHOLDS["dead-lettered"],
    statistic: "Sum",
    means:
      "Messages used up their receives and moved to a dead-letter queue. Receives from that queue are counted, because its depth returns to zero. Check first the last error of these messages.",
  },
  undelivered: {
    ...CONSUMER_THRESHOLDS.undelivered,
    statistic: "Sum",
    means: "SNS could not deliver to a consumer's queue. Check first the policy and the key of the queue.",
  },
  "failed-messages": {
    above: 100,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means: (above) =>
      `More than ${countText(above)} attempts failed within 5 minutes, over all consumers. An attempt that ends in a crash or time-out is not counted. Check first which consumer fails, and with which error.`,
  },
  "delivery-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "SNS gave up a delivery to a subscriber, with or without a dead-letter queue. Check first whether the subscriber belongs to this project.",
  },
  "publish-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "The SNS topic, or the queue of another publisher, did not accept events. They are parked and retried each minute. Check first the consumer and the reason of the parked messages.",
  },
  "kafka-publish-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Kafka did not accept events. An event of the stream is parked after a minute, and maintenance retries it. Check first the code that the error begins with.",
  },
  "rabbitmq-publish-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "RabbitMQ did not accept events. They wait in the queue of publish-to-rabbitmq and are retried. Check first the code that the error begins with.",
  },
  // Below the hour after which the mapping gives a record up: no record that it reads is older.
  "iterator-age": {
    above: 3_000_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `Events are published more than ${secondsText(above / 1_000)} late; after an hour they are moved to the bucket of crashed batches. The alarm is silent while the event source mapping reads nothing. Check first the log of the publisher.`,
  },
  "publishing-late": {
    above: 300_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `Events are published more than ${secondsText(above / 1_000)} late; after an hour they are moved to the bucket of crashed batches. Check first the log and the throttles of the publisher.`,
  },
  "table-throttles": {
    above: 0,
    periodSeconds: 300,
    periods: 3,
    statistic: "Sum",
    means:
      "DynamoDB refused writes to a table for a quarter of an hour. The clients repeat them, and messages that still fail are retried. Throttled reads are not counted. Check first whether many writes go to one key, such as one SKU.",
  },
  "api-errors": {
    above: 0,
    periodSeconds: 60,
    periods: 3,
    statistic: "Sum",
    means:
      "The API answered 5xx for three minutes. Refusals because of the backlog (503) count. Check first the access log of the API.",
  },
  "api-throttled": {
    above: 0,
    periodSeconds: 60,
    periods: 3,
    statistic: "Sum",
    means:
      "The API refused requests with 429 for three minutes: more came than throttleRate and throttleBurst permit. They are counted in the access log. Check first whether one caller sends them.",
  },
  "publish-throttled": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "SNS throttled publishes: the quota of the account in this region is used up. The events are retried, and parked after a minute. Publishes of other applications count. Check first the rate of orders: each is two messages, and the quota of small regions is 300 messages a second.",
  },
  "mails-throttled": {
    above: 0,
    periodSeconds: 300,
    periods: 3,
    statistic: "Sum",
    means:
      "SES throttled mails for a quarter of an hour. They are postponed and use up no receives. Check first the rate and the daily quota of the account.",
  },
  "mails-rejected": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "SES rejected a mail after it had accepted it: it found a virus in it. The mail does not arrive. Check first the text of the mail and whether other applications send as the same sender.",
  },
  // The levels at which AWS reviews an account: https://docs.aws.amazon.com/ses/latest/dg/reputation-dashboard-messages.html
  "mail-bounce-rate": {
    above: 0.05,
    inclusive: true,
    periodSeconds: 3_600,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `${percentText(above)} percent or more of the account's mails bounced for good. AWS reviews the account at this level and pauses its mails at 10 percent. Mails of other applications in this account and region count. Check first whether a customer or an import brings many wrong addresses.`,
  },
  "mail-complaint-rate": {
    above: 0.001,
    inclusive: true,
    periodSeconds: 3_600,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `${percentText(above)} percent or more of the account's mails were marked as spam. AWS reviews the account at this level and pauses its mails at 0.5 percent. Mails of other applications in this account and region count. Check first which mails the complaints are about.`,
  },
  "mail-feedback-failed": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means:
      "Bounces or complaints could not be stored: they wait in the dead-letter queue of mail-feedback, which no function reads, and are deleted after 14 days. Their addresses still get mails. Check first the log of mail-feedback.",
  },
  "open-failed-messages": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means:
      "Parked messages wait for an operator. They are counted once a minute. Check first the groups of failed messages.",
  },
  "pending-orders": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means:
      "Orders have been PENDING, or CANCELLED with their stock still held, for longer than the setting maxPendingSeconds. Maintenance counts them once a minute and publishes their events again. Check first whether publish-events, order-created or order-cancelled is paused or fails.",
  },
  "consumer-paused": {
    above: 3_600,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `A consumer or publisher has been paused for more than ${secondsText(above)}. Its messages wait, and the wait is bounded. Check first who paused it, and why.`,
  },
  // A run without a failed task counts 1, and nothing else is reported: only missing data sets it off.
  "maintenance-silent": {
    above: 1,
    periodSeconds: 60,
    periods: 5,
    statistic: "Maximum",
    missingBreaches: true,
    means:
      "Maintenance did not run, or a task of it failed, for five minutes. Meanwhile no parked event is retried, no overdue message opened and no job continued, and other alarms may be silent. It also goes off for some minutes after the first deployment. Check first the log of maintenance.",
  },
  "kafka-lag": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `More than ${countText(above)} records wait for the Kafka consumer. Where Kafka alone processes, the API refuses new orders at the backlog limit (503 BUSY). The alarm is silent until the group has read a record. Check first whether the event source mapping is enabled.`,
  },
  "kafka-offline": {
    above: 0,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means:
      "Partitions have no leader: they accept neither writes nor reads. Check first the state of the brokers.",
  },
  "kafka-disk": {
    above: 80,
    periodSeconds: 300,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `A broker's volume is more than ${above} percent full. A full volume accepts no records. Check first whether its use grows steadily or in a burst.`,
  },
  "kafka-given-up": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Records arrived in the dead-letter topic. Calls of the function that parks them are counted, retries included. Check first the failed messages of order-events-kafka.",
  },
  "rabbitmq-length": {
    above: 10_000,
    periodSeconds: 60,
    periods: 1,
    statistic: "Maximum",
    means: (above) =>
      `More than ${countText(above)} messages are in RabbitMQ. A queue of that length refuses its publisher, whose events then wait in SQS; where RabbitMQ alone processes, the API refuses new orders at the backlog limit (503 BUSY). Messages of all queues are counted. Check first whether the event source mappings are enabled.`,
  },
  "rabbitmq-dead-lettered": {
    above: 0,
    periodSeconds: 300,
    periods: 1,
    statistic: "Sum",
    means:
      "Messages of RabbitMQ expired or were delivered too often. Calls of the function that retries or parks them are counted. Check first the log of order-events-rabbitmq.",
  },
} as const satisfies Record<string, Threshold>;
export type AlarmKind = keyof typeof THRESHOLDS;

/** The project's own metrics that alarms read, by service alone: an alarm cannot sum over dimensions. */
export const OWN_METRICS = {
  "failed-messages": METRICS.failed,
  "publish-failed": METRICS.publishFailed,
  "kafka-publish-failed": METRICS.kafkaPublishFailed,
  "rabbitmq-publish-failed": METRICS.rabbitmqPublishFailed,
  "open-failed-messages": METRICS.openFailedMessages,
  "publish-throttled": METRICS.publishThrottled,
  "mails-throttled": METRICS.mailsThrottled,
  "mails-rejected": METRICS.mailsRejected,
  "pending-orders": METRICS.unfinishedOrders,
  "consumer-paused": METRICS.pauseAge,
  "maintenance-silent": METRICS.maintenanceRuns,
} as const satisfies Partial<Record<AlarmKind, string>>;
