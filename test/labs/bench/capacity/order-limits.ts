import { CONSUMER_RANGES } from "../../../../functions/consumers/check-declaration.ts";
import { declarationOf } from "../../../../functions/consumers/consumers.ts";
import { latencyOf } from "../../../../lib/emulator/aws-limits/aws-latencies.ts";
import type { AwsService } from "../../../../lib/emulator/calls/aws-call.ts";
import { type Quota, quotasOf } from "../../../../lib/settings/region-quotas.ts";
import type { OrderCalls } from "../order-calls.ts";
import type { TemplateLimits } from "./template-limits.ts";

/** A limit of orders, and what lifts it. */
export interface OrderLimit {
  readonly what: string;
  /** Orders a second at which it breaks. */
  readonly ordersPerSecond: number;
  /** How the number comes about. */
  readonly because: string;
  /** What to raise or to set for this many orders a second. */
  remedy(rate: number): string;
}

/** Orders a second that order-created decides as deployed, and with hotStock, by demand; see test/labs/bench/hot-stock. */
export type DecidedPerSecond = Readonly<Record<string, { readonly now: number; readonly hotStock: number }>>;

/** Partitions of a new table on demand: 4,000 write units a second. */
const FIRST_PARTITIONS = 4;
const NEW_TABLE =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html";
/** Write units of one order in the orders table: the row, and its part of a transaction. */
const ORDER_ROW_UNITS = 3;
/** Events of an order that is confirmed: order.created and order.confirmed, each a message and a record of the stream. */
const EVENTS = 2;
/** Records in one PublishBatch. */
const PUBLISHED_AT_ONCE = 10;
/** Of the settings `throttleRate` and `mailRatePerSecond`. */
const HIGHEST_THROTTLE = 10_000;
const HIGHEST_MAIL_RATE = 1_000;

function setting(name: string, wanted: number, highest: number): string {
  return wanted > highest
    ? `above ${count(highest)}, the highest ${name}: several deployments`
    : `-c ${name}=${Math.ceil(wanted)}`;
}

/** Which operation belongs to which service, of those that functions call for an order. */
const SERVICES: Readonly<Record<string, AwsService>> = {
  PublishBatch: "sns",
  SendEmail: "ses",
  GetQueueAttributes: "sqs",
};

/** Seconds of a function for one order: those on emulators, and the times of its different calls at AWS. */
export function secondsOfOrder(order: OrderCalls, functionName: string): number {
  const { count = 0, ms = 0 } = order.invocations[functionName] ?? {};
  return (count * (ms + callsMs(order, functionName))) / 1_000;
}

/** Calls of one kind run side by side, those of another kind after them. */
function callsMs(order: OrderCalls, functionName: string): number {
  return Object.keys(order.calls)
    .filter((name) => name.startsWith(`${functionName}: `))
    .map((name) => name.slice(functionName.length + 2))
    .reduce((sum, operation) => sum + latencyOf(SERVICES[operation] ?? "dynamodb", operation).p50Ms, 0);
}

/** All limits, the lowest first. */
export function orderLimits(input: {
  readonly order: OrderCalls;
  readonly templates: TemplateLimits;
  readonly region: string;
  readonly decided: DecidedPerSecond;
  readonly mailRatePerSecond: number;
}): readonly OrderLimit[] {
  const { order, templates, region, decided, mailRatePerSecond } = input;
  const quotas = quotasOf(region);
  const ofQuota = (what: string, quota: Quota, useOfOrder: number, unit: string): OrderLimit => ({
    what,
    ordersPerSecond: useOfOrder === 0 ? Number.POSITIVE_INFINITY : quota.limit / useOfOrder,
    because: `${count(quota.limit)} ${quota.unit}, ${count(useOfOrder)} ${unit} an order (${quota.source})`,
    remedy: (rate) =>
      quota.raise === undefined
        ? "AWS does not raise it"
        : `${quota.raise}, to ${count(Math.ceil(rate * useOfOrder))}`,
  });
  const allSeconds = Object.keys(order.invocations).reduce(
    (sum, name) => sum + secondsOfOrder(order, name),
    0,
  );
  const publishMs = (order.invocations["publish-events"]?.ms ?? 0) + callsMs(order, "publish-events");
  const ofShard = (templates.parallelizationFactor * PUBLISHED_AT_ONCE * 1_000) / publishMs / EVENTS;

  const consumers = [...templates.consumers].flatMap(([name, { atATime }]): readonly OrderLimit[] => {
    const seconds = secondsOfOrder(order, name);
    const { access } = declarationOf(name);
    // Conflicts bound what writes stock, and the rate of mails what sends them.
    if (seconds === 0 || access.includes("orders-and-stock") || access.includes("mail")) return [];
    return [
      {
        what: `invocations of ${name}`,
        ordersPerSecond: atATime / seconds,
        because: `${atATime} at a time, ${(seconds * 1_000).toFixed(1)} ms an order`,
        remedy: (rate) => setting("maxConcurrency", rate * seconds, CONSUMER_RANGES.maxConcurrency.maximum),
      },
    ];
  });
  const stock = Object.entries(decided).map(([demand, { now, hotStock }]): OrderLimit => {
    const best = Math.max(now, hotStock);
    const first = best > now ? "-c hotStock=true" : "";
    return {
      what: `stock, ${demand}`,
      ordersPerSecond: now,
      because: "transactions on one SKU refuse each other, by the model of hot stock",
      remedy: (rate) =>
        rate <= best
          ? `${first}, for ${count(Math.round(best))}`
          : `${first === "" ? "" : `${first}, and `}the catalogue split among ${Math.ceil(rate / best)} deployments`,
    };
  });
  const limits: OrderLimit[] = [
    {
      what: "the throttle of the API",
      ordersPerSecond: templates.throttleRate,
      because: `throttleRate=${templates.throttleRate}`,
      remedy: (rate) => setting("throttleRate", rate, HIGHEST_THROTTLE),
    },
    {
      what: "the rate of mails",
      ordersPerSecond: order.mails === 0 ? Number.POSITIVE_INFINITY : mailRatePerSecond / order.mails,
      because: `mailRatePerSecond=${mailRatePerSecond}, ${count(order.mails)} mails an order`,
      remedy: (rate) => setting("mailRatePerSecond", rate * order.mails, HIGHEST_MAIL_RATE),
    },
    ofQuota("API requests of the account", quotas.apiRequestsPerSecond, 1, "requests"),
    ofQuota("concurrency of Lambda", quotas.lambdaConcurrency, allSeconds, "s of functions"),
    ofQuota("messages of SNS", quotas.snsMessagesPerSecond, EVENTS, "messages"),
    ofQuota("mails of SES", quotas.sesMailsPerSecond, order.mails, "mails"),
    ofQuota("writes of the orders table", quotas.dynamoDbWriteUnitsPerTable, ORDER_ROW_UNITS, "write units"),
    {
      what: "writes of a new orders table",
      ordersPerSecond: (FIRST_PARTITIONS * quotas.dynamoDbWriteUnitsPerPartition.limit) / ORDER_ROW_UNITS,
      because: `4,000 write units/s until it has grown, ${ORDER_ROW_UNITS} an order (${NEW_TABLE})`,
      remedy: (rate) =>
        `a warm throughput of ${count(ORDER_ROW_UNITS * rate)} write units, or a slow rise: it takes twice its last peak`,
    },
    {
      what: "publish-events on the stream",
      ordersPerSecond: FIRST_PARTITIONS * ofShard,
      because: `${FIRST_PARTITIONS} shards of a new table, ${count(Math.floor(ofShard))} orders/s each, ten records in ${publishMs.toFixed(0)} ms`,
      remedy: (rate) => {
        const shards = Math.max(FIRST_PARTITIONS, Math.ceil((ORDER_ROW_UNITS * rate) / 1_000));
        const factor = Math.ceil((rate * templates.parallelizationFactor) / (shards * ofShard));
        if (factor <= templates.parallelizationFactor)
          return `nothing: the writes of this rate split the table into ${count(shards)} shards`;
        return `parallelizationFactor: ${factor} in lib/constructs/event-source-mappings.ts, at ${count(shards)} shards`;
      },
    },
    ...consumers,
    ...stock,
  ];
  return limits.sort((one, other) => one.ordersPerSecond - other.ordersPerSecond);
}

export const count = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : 0 });
