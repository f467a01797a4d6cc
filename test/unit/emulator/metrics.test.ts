import { describe, expect, it } from "vitest";
import type { AlarmSpec, MetricId } from "../../../lib/emulator/assembly/model.ts";
import { watchAlarms } from "../../../lib/emulator/metrics/alarm-watch.ts";
import { embeddedMetrics } from "../../../lib/emulator/metrics/embedded-metrics.ts";
import { createMetricStore, statisticOf } from "../../../lib/emulator/metrics/metric-store.ts";

const MINUTE = 60_000;
const DEPTH: MetricId = { namespace: "AWS/SQS", name: "depth", dimensions: { QueueName: "q" } };

const clockAt = (start: number) => {
  const clock = { time: start, now: () => clock.time };
  return clock;
};

describe("a line of the embedded metric format", () => {
  const line = (metrics: object) => ({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: "shop",
          Dimensions: [["service", "type"], ["service"]],
          Metrics: [{ Name: "sold" }, { Name: "ms" }],
        },
      ],
    },
    service: "s",
    type: "t",
    ...metrics,
  });

  it("has a value for each dimension set", () => {
    expect(embeddedMetrics(line({ sold: 3 }))).toEqual([
      { id: { namespace: "shop", name: "sold", dimensions: { service: "s", type: "t" } }, value: 3 },
      { id: { namespace: "shop", name: "sold", dimensions: { service: "s" } }, value: 3 },
    ]);
  });

  it("has each value of a list", () => {
    expect(embeddedMetrics(line({ ms: [1, 2] })).map(({ value }) => value)).toEqual([1, 2, 1, 2]);
  });

  it.each([
    ["text", undefined],
    ["another JSON line", { audit: "attempt" }],
    ["a broken directive", { _aws: { CloudWatchMetrics: [{ Namespace: 1 }] } }],
    ["a metric that is not a number", line({ sold: "3" })],
  ])("has no metric for %s", (_name, value) => {
    expect(embeddedMetrics(value)).toEqual([]);
  });
});

describe("the metric store", () => {
  it("separates series by dimensions, in any order of their names", () => {
    const store = createMetricStore(clockAt(0));
    const id = (dimensions: Record<string, string>) => ({ namespace: "n", name: "m", dimensions });

    store.record(id({ a: "1", b: "2" }), 1);
    store.record(id({ b: "2", a: "1" }), 2);
    store.record(id({ a: "1" }), 4);

    expect(store.totals().map(({ sum }) => sum)).toEqual([3, 4]);
  });

  it("aggregates the values between two times, and returns undefined for none", () => {
    const clock = clockAt(10 * MINUTE);
    const store = createMetricStore(clock);
    for (const [at, value] of [
      [1, 5],
      [8, 7],
      [9, 3],
    ] as const)
      store.record(DEPTH, value, at * MINUTE);

    const recent = store.between(DEPTH, 7 * MINUTE, 10 * MINUTE);

    expect(recent).toEqual({ count: 2, sum: 10, min: 3, max: 7 });
    expect(store.between(DEPTH, 2 * MINUTE, 7 * MINUTE)).toBeUndefined();
  });

  it("computes CloudWatch's statistics", () => {
    const data = { count: 2, sum: 10, min: 3, max: 7 };

    expect(
      (["Sum", "Maximum", "Minimum", "Average", "SampleCount"] as const).map((s) => statisticOf(data, s)),
    ).toEqual([10, 7, 3, 5, 2]);
  });
});

describe("an alarm", () => {
  const alarm = (change: Partial<AlarmSpec> = {}): AlarmSpec => ({
    name: "backlog",
    description: "too long",
    metric: DEPTH,
    statistic: "Maximum",
    periodMs: MINUTE,
    breaches: (value, threshold) => value > threshold,
    threshold: 10_000,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missingBreaches: false,
    actions: [],
    ...change,
  });
  const watch = (spec: AlarmSpec) => {
    const clock = clockAt(100 * MINUTE);
    const metrics = createMetricStore(clock);
    const changes: string[] = [];
    const alarms = watchAlarms([spec], metrics, clock, ({ state }) => changes.push(state));
    return { clock, metrics, changes, evaluate: () => alarms.evaluate() };
  };

  it("E14: is OK at its threshold, goes off above it, and clears", () => {
    const { clock, metrics, changes, evaluate } = watch(alarm());

    metrics.record(DEPTH, 10_000);
    evaluate();
    expect(changes).toEqual([]);

    metrics.record(DEPTH, 10_001);
    evaluate();
    expect(changes).toEqual(["ALARM"]);

    clock.time += 2 * MINUTE;
    metrics.record(DEPTH, 0);
    evaluate();
    expect(changes).toEqual(["ALARM", "OK"]);
  });

  it("needs the configured number of periods", () => {
    const { clock, metrics, changes, evaluate } = watch(
      alarm({ evaluationPeriods: 2, datapointsToAlarm: 2 }),
    );

    metrics.record(DEPTH, 20_000);
    evaluate();
    expect(changes).toEqual([]);

    clock.time += MINUTE;
    metrics.record(DEPTH, 20_000);
    evaluate();
    expect(changes).toEqual(["ALARM"]);
  });

  it("treats missing data as not breaching unless configured otherwise", () => {
    const silent = watch(alarm());
    const strict = watch(alarm({ missingBreaches: true }));

    const evaluate = () => {
      silent.evaluate();
      strict.evaluate();
    };

    evaluate();
    expect(strict.changes, "before a period has passed").toEqual([]);
    for (const { clock } of [silent, strict]) clock.time += MINUTE;
    evaluate();

    expect(silent.changes).toEqual([]);
    expect(strict.changes).toEqual(["ALARM"]);
  });
});
