import { UNFINISHED_SHARDS } from "../../../functions/adapters/order-row.ts";
import { SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import { METRICS } from "../../../functions/contract/names.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import type { OrderCalls } from "./order-calls.ts";
import type { Line } from "./prices.ts";

/** The resources of a deployment with an idle cost, counted in its templates. */
export interface Deployed {
  readonly alarms: number;
  readonly queueMappings: number;
  readonly eachMinute: number;
  readonly memoryGb: number;
  readonly logGroups: number;
  readonly logRetentionDays: number;
  /** Each takes a write unit of every order. */
  readonly customerIndexes: number;
}

const MINUTES = 43_800;
/** Pollers that Lambda keeps on an idle queue, each with a long poll of 20 seconds. */
const POLLS_A_MINUTE = 5 * 3;
/** Estimated time and log of one run of maintenance. It queries each shard of the unfinished orders. */
const RUN = { ms: 150, readUnits: 2.5 + 0.5 * UNFINISHED_SHARDS.length, logBytes: 900 };
/** The metrics of maintenance without orders: its runs. */
const METRICS_AT_REST = 1;

/** A month without an order. */
export function atRest(deployed: Deployed): readonly Line[] {
  const runs = deployed.eachMinute * MINUTES;
  return [
    { what: "alarms", price: "alarm", quantity: deployed.alarms },
    { what: "metrics of the schedule", price: "customMetric", quantity: METRICS_AT_REST },
    {
      what: "polls of idle queues",
      price: "sqsRequest",
      quantity: deployed.queueMappings * POLLS_A_MINUTE * MINUTES,
    },
    { what: "runs of the schedule", price: "lambdaRequest", quantity: runs },
    {
      what: "time of maintenance",
      price: "lambdaGbSecond",
      quantity: (runs * deployed.memoryGb * RUN.ms) / 1_000,
    },
    { what: "reads of the schedule", price: "dynamoDbReadUnit", quantity: runs * RUN.readUnits },
    { what: "looks for crashed batches", price: "s3List", quantity: runs },
    { what: "logs of the schedule", price: "logGb", quantity: (runs * RUN.logBytes) / 1e9 },
  ];
}

/** Event types with each consumer that reports on them, the publisher first. */
const PUBLISHED = EVENT_TYPES.length;
const SUBSCRIBED = Object.values(SUBSCRIPTIONS).flat().length;
/** The metrics of a successful message: received, consumed, its time and its age. */
const METRICS_OF_SUCCESS = 4;

/**
 * Metrics by service, and by service, consumer and type: those of a month without failures, and those of a month with
 * every outcome in each hour. An hour without a metric is not charged, and counts of 0 are not reported.
 */
export function metricsWithTraffic(): Readonly<Record<"steady" | "atMost", number>> {
  // Without brokers.
  const {
    maintenanceRuns: _,
    kafkaPublishFailed: __,
    rabbitmqPublishFailed: ___,
    openFailedMessages,
    publishFailed,
    unfinishedOrders,
    pauseAge,
    publishThrottled,
    mailsThrottled,
    mailsRejected,
    apiThrottled,
    ...ofConsumers
  } = METRICS;
  const throttles = [publishThrottled, mailsThrottled, apiThrottled];
  const gauges = [openFailedMessages, publishFailed, unfinishedOrders, pauseAge, mailsRejected, ...throttles];
  const each = Object.keys(ofConsumers).length;
  const steady = METRICS_OF_SUCCESS * (PUBLISHED + SUBSCRIBED + 1) + PUBLISHED + 1;
  return { steady, atMost: each * (PUBLISHED + SUBSCRIBED + 1) + gauges.length };
}

/** The usage of a million orders. */
export function perMillionOrders(order: OrderCalls, deployed: Deployed): readonly Line[] {
  const million = 1_000_000;
  const invocations = Object.values(order.invocations);
  const seconds = invocations.reduce((sum, { count, ms }) => sum + (count * ms) / 1_000, 0);
  const metrics = metricsWithTraffic();
  const count = invocations.reduce((sum, each) => sum + each.count, 0);
  return [
    { what: "API requests", price: "apiRequest", quantity: million },
    { what: "invocations", price: "lambdaRequest", quantity: million * count },
    { what: "time of functions", price: "lambdaGbSecond", quantity: million * seconds * deployed.memoryGb },
    { what: "writes", price: "dynamoDbWriteUnit", quantity: million * order.writeUnits },
    ...(deployed.customerIndexes === 0
      ? []
      : ([
          {
            what: "index of orders by customer",
            price: "dynamoDbWriteUnit",
            quantity: million * deployed.customerIndexes,
          },
        ] as const)),
    { what: "reads", price: "dynamoDbReadUnit", quantity: million * order.readUnits },
    { what: "publishes", price: "snsPublish", quantity: million * order.publishes },
    { what: "receives and deletes", price: "sqsRequest", quantity: million * order.queueRequests },
    { what: "logs", price: "logGb", quantity: (million * order.logBytes) / 1e9 },
    { what: "metrics of each hour", price: "customMetric", quantity: metrics.steady },
    {
      what: "of rare outcomes, at most",
      price: "customMetric",
      quantity: metrics.atMost - metrics.steady,
    },
    { what: "mails", price: "mail", quantity: million * order.mails },
  ];
}
