import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cloudWatchBacklog } from "../../functions/adapters/cloudwatch-backlog.ts";
import { parseBacklogMetric } from "../../functions/handlers/wiring/broker-admission.ts";
import { admission } from "../../functions/orders/order-commands.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { NOW } from "../fixtures/events.ts";

const BACKLOG = {
  namespace: "AWS/Kafka",
  name: "SumOffsetLag",
  dimensions: { "Cluster Name": "orders", "Consumer Group": "order-processing-group", Topic: "order-events" },
};

/** A client that records its requests, and returns these values. */
function client(values: readonly number[] | Error) {
  const asked: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    asked.push(input);
    if (values instanceof Error) throw values;
    return { MetricDataResults: [{ Id: "lag", Values: values }] };
  };
  return { asked, client: { send } as unknown as CloudWatchClient };
}

describe("the lag of a consumer group", () => {
  test("is the latest SumOffsetLag of the group on the topic of the cluster", async () => {
    const { asked, client: cloudWatch } = client([12_000, 3]);

    expect(await cloudWatchBacklog(BACKLOG, cloudWatch)(NOW)).toBe(12_000);

    expect(asked).toMatchObject([
      {
        StartTime: new Date(NOW - 300_000),
        EndTime: new Date(NOW),
        ScanBy: "TimestampDescending",
        MetricDataQueries: [
          {
            MetricStat: {
              Period: 60,
              Metric: {
                Namespace: "AWS/Kafka",
                MetricName: "SumOffsetLag",
                Dimensions: [
                  { Name: "Cluster Name", Value: "orders" },
                  { Name: "Consumer Group", Value: "order-processing-group" },
                  { Name: "Topic", Value: "order-events" },
                ],
              },
            },
          },
        ],
      },
    ]);
  });

  test("is 0 where MSK reports none, so that a missing metric refuses no orders", async () => {
    expect(await cloudWatchBacklog(BACKLOG, client([]).client)(NOW)).toBe(0);
  });

  test.each([
    ["over its limit closes the admission", [10_001], false],
    ["at its limit leaves it open", [10_000], true],
    ["that cannot be read leaves it open", new Error("throttled"), true],
  ] as const)("%s", async (_, values, isOpen) => {
    const clock = fakeClock(NOW);
    const { asked, client: cloudWatch } = client(values);
    const backlog = () => cloudWatchBacklog(BACKLOG, cloudWatch)(clock.now());
    const door = admission({ backlog, clock }, 10_000, 30_000);
    clock.advance(29_999);
    await door.refresh();
    expect(asked).toEqual([]);

    clock.advance(1);
    await door.refresh();
    await door.refresh();

    expect(door.isOpen()).toBe(isOpen);
    expect(asked).toHaveLength(1);
  });
});

test.each(["{}", '{"namespace":"a","name":"b"}', '{"namespace":1,"name":"b","dimensions":{}}'])(
  "%s names no metric",
  (text) => {
    expect(() => parseBacklogMetric(text)).toThrow("BACKLOG_METRIC must be");
  },
);

describe("the admission that the environment describes", () => {
  afterEach(() => vi.unstubAllEnvs());
  const compose = async () => {
    vi.resetModules();
    return (await import("../../functions/handlers/wiring/order-http.ts")).admissionOfEnvironment();
  };

  test("needs no queue where it reads the lag, and loads no client before the first reading", async () => {
    vi.stubEnv("BACKLOG_METRIC", JSON.stringify(BACKLOG));
    vi.stubEnv("BACKLOG_QUEUE_URL", "");

    const door = await compose();
    await door.refresh();

    expect(door.isOpen()).toBe(true);
  });

  test("needs either a queue or a metric", async () => {
    vi.stubEnv("BACKLOG_METRIC", "");
    vi.stubEnv("BACKLOG_QUEUE_URL", "");

    await expect(compose()).rejects.toThrow("BACKLOG_QUEUE_URL");
  });
});
