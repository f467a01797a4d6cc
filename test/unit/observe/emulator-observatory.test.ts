import { beforeEach, describe, expect, test } from "vitest";
import { QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { METRICS, SERVICE } from "../../../functions/contract/names.ts";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import { emulatorObservatory } from "../../../lib/emulator/control/emulator-observatory.ts";
import { openInvocationLogs } from "../../../lib/emulator/invocation-logs.ts";
import { createMetricStore, type MetricStore } from "../../../lib/emulator/metrics/metric-store.ts";
import type { QueueDepth } from "../../../lib/emulator/metrics/service-metrics.ts";
import { DISTRIBUTIONS, ORDER_LATENCY } from "../../../lib/emulator/order-events/order-latency.ts";
import { orderViews } from "../../../lib/emulator/order-events/order-views.ts";
import { createRecentLogs } from "../../../lib/emulator/recent-logs.ts";
import { openLiveBuffer } from "../../../lib/operator/observe/live-buffer.ts";
import type { Observatory } from "../../../lib/operator/observe/observatory.ts";
import { SERIES } from "../../../lib/operator/observe/view-types.ts";

let now: number;
let metrics: MetricStore;
let depths: QueueDepth[];
let observatory: Observatory;
beforeEach(() => {
  now = Date.UTC(2026, 0, 1, 12);
  const clock = { now: () => now };
  metrics = createMetricStore(clock, DISTRIBUTIONS);
  depths = [];
  observatory = emulatorObservatory({
    model,
    monitor: { metrics, depths: () => depths, alarms: { states: () => [], evaluate: () => {} } },
    views: orderViews({ model, metrics, logs: createRecentLogs() }),
    live: openLiveBuffer(),
    invocations: openInvocationLogs(),
    peek: (queue) => ({ queue, messages: [], total: 0 }),
    clock,
  });
});

const named = (name: string): FunctionSpec => ({
  name,
  physicalName: `order-events-local-${name}`,
  assetDir: "",
  handler: "index.handler",
  timeoutMs: 1_000,
  memoryMb: 1_024,
  environment: {},
});
const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;
const queue = (name: string, deadLetters?: string) => ({
  name: `order-events-local-${name}`,
  shortName: name,
  url: "",
  arn: arnOf(name),
  attributes: {},
  ...(deadLetters === undefined ? {} : { deadLetterArn: arnOf(deadLetters) }),
});
const model = {
  apis: [],
  functions: [],
  queues: [
    queue("order-created", "order-created-dlq"),
    queue("order-created-dlq"),
    queue("order-created-undelivered"),
    queue("order-cancelled"),
    queue("mail-feedback", "mail-feedback-dlq"),
    queue("mail-feedback-dlq"),
  ],
  sqsMappings: [],
  subscriptions: [
    {
      path: "Subscription",
      topicArn: "arn",
      protocol: "sqs" as const,
      endpoint: arnOf("order-created"),
      attributes: {},
      deadLetterArn: arnOf("order-created-undelivered"),
    },
    {
      path: "Feedback",
      topicArn: "arn",
      protocol: "sqs" as const,
      endpoint: arnOf("mail-feedback"),
      attributes: {},
      deadLetterArn: arnOf("mail-feedback-dlq"),
    },
  ],
};

const depth = (name: string, more: Partial<QueueDepth> = {}): QueueDepth => ({
  name: `order-events-local-${name}`,
  visible: 0,
  inFlight: 0,
  delayed: 0,
  oldestSeconds: 0,
  ...more,
});
const count = (name: string, value: number, dimensions: Record<string, string> = {}) =>
  metrics.record({ namespace: SERVICE, name, dimensions: { service: SERVICE, ...dimensions } }, value, now);

describe("the emulator's queues", () => {
  test("are grouped by consumer and role", async () => {
    depths = [
      depth("order-created", { visible: 3, delayed: 1, inFlight: 2, oldestSeconds: 9 }),
      depth("order-created-dlq", { visible: 4, inFlight: 1 }),
      depth("order-created-undelivered", { visible: 6 }),
      depth("order-cancelled"),
    ];

    expect(await observatory.queues()).toEqual([
      {
        consumer: "order-created",
        waiting: 4,
        inFlight: 2,
        deadLetters: 5,
        undelivered: 6,
        names: {
          source: "order-created",
          deadLetters: "order-created-dlq",
          undelivered: "order-created-undelivered",
        },
        oldestSeconds: 9,
      },
      {
        consumer: "order-cancelled",
        waiting: 0,
        inFlight: 0,
        deadLetters: 0,
        undelivered: 0,
        names: { source: "order-cancelled" },
      },
    ]);
  });
});

test("a queue that holds dead letters and undelivered messages is counted once", async () => {
  depths = [depth("mail-feedback"), depth("mail-feedback-dlq", { visible: 30 })];

  expect(await observatory.queues()).toMatchObject([
    { consumer: "mail-feedback", deadLetters: 30, undelivered: 0 },
  ]);
});

describe("the emulator's metrics", () => {
  test("are sums per step, null without data", async () => {
    count(METRICS.published, 2);
    now += 5_000;
    count(METRICS.published, 3);
    now += 10_000;

    const { at, stepSeconds, series } = await observatory.metrics(1);

    expect([stepSeconds, at.length]).toEqual([5, 12]);
    expect(at.at(-1)).toBeLessThanOrEqual(now);
    const published = series.find(({ name, consumer }) => name === "published" && consumer === undefined);
    expect(published?.values.slice(-4)).toEqual([2, 3, null, null]);
  });

  test("of a consumer are summed over its types", async () => {
    for (const type of ["order.confirmed", "order.rejected", "unknown"]) {
      count(METRICS.failed, 1, { consumer: "notify-customer", type });
    }

    const { series } = await observatory.metrics(15);

    const failed = series.find(({ name, consumer }) => name === "failed" && consumer === "notify-customer");
    expect(failed?.values.at(-1)).toBe(3);
  });

  test("count crashed invocations of all functions apart from failed attempts", async () => {
    const crash = (FunctionName: string, value: number) =>
      metrics.record({ namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName } }, value);
    crash("order-events-local-order-created", 1);
    crash("order-events-local-maintenance", 2);
    const views = orderViews({
      model: { functions: ["order-created", "maintenance"].map(named) },
      metrics,
      logs: createRecentLogs(),
    });

    const series = views.series({ from: now - 5_000, stepMs: 5_000, count: 2 });

    expect(series.filter(({ name }) => name === "errors")).toEqual([
      { name: "errors", values: [null, 3] },
      { name: "errors", consumer: "order-created", values: [null, 1] },
      { name: "errors", consumer: "maintenance", values: [null, 2] },
    ]);
  });

  test("exclude the records that publishers read of the stream from consumed", async () => {
    const consumedBy = {
      "order-created": 2,
      "order-events-kafka": 3,
      "publish-events": 5,
      "publish-to-kafka": 7,
    };
    for (const [consumer, value] of Object.entries(consumedBy)) {
      count(METRICS.consumed, value, { consumer, type: "order.created" });
    }
    count(METRICS.consumed, 17);

    const { series } = await observatory.metrics(15);

    const consumed = series.filter(({ name }) => name === "consumed");
    const brokers = ["order-events-kafka", "order-events-rabbitmq"];
    expect(consumed.map(({ consumer }) => consumer)).toEqual([...QUEUE_CONSUMERS, ...brokers]);
    expect(consumed.reduce((sum, { values }) => sum + (values.at(-1) ?? 0), 0)).toBe(5);
  });

  test("have percentiles with an error of at most 5 %", async () => {
    for (let ms = 1; ms <= 1_000; ms++) count(METRICS.processingTime, ms);
    for (let ms = 1; ms <= 1_000; ms++) metrics.record(ORDER_LATENCY, ms * 2, now);

    const { series } = await observatory.metrics(1);

    const last = (name: string) => series.find((each) => each.name === name)?.values.at(-1) ?? Number.NaN;
    for (const [name, exact] of [
      ["processingP50", 500],
      ["processingP99", 990],
      ["orderLatencyP50", 1_000],
      ["orderLatencyP99", 1_980],
    ] as const) {
      expect(Math.abs(last(name) - exact) / exact, name).toBeLessThanOrEqual(0.051);
    }
  });

  test.each([1, 15, 60, 180])("of %s minutes have at most 180 steps up to now", async (minutes) => {
    const { at, stepSeconds, series } = await observatory.metrics(minutes);

    expect(at.length).toBeLessThanOrEqual(180);
    expect(at.length * stepSeconds).toBeGreaterThanOrEqual(minutes * 60);
    expect(now - (at.at(-1) ?? 0)).toBeLessThan(stepSeconds * 1_000);
    expect(new Set(series.map(({ values }) => values.length))).toEqual(new Set([at.length]));
    expect(SERIES.filter((name) => !series.some((each) => each.name === name))).toEqual([]);
  });

  test.each([0, 181, 1.5, Number.NaN])("are refused for %s minutes", async (minutes) => {
    await expect(observatory.metrics(minutes)).rejects.toThrow("from 1 to 180");
  });
});
