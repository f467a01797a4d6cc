import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FUNCTIONS, QUEUE_CONSUMERS, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import { readSettings } from "../../lib/config.ts";
import { alarmMetrics } from "../../lib/constructs/alarm-metrics.ts";
import { costFlags, deployed, uncounted } from "../labs/bench/cost.ts";
import { atRest, metricsWithTraffic, perMillionOrders } from "../labs/bench/cost-model.ts";
import { AIM, countedOrders } from "../labs/bench/order-calls.ts";
import { totalUsd, usdOf } from "../labs/bench/prices.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const counted = deployed({ stage: "dev" });
const folder = temporaryFolder();

describe("the cost of a deployment", () => {
  test("is counted in its templates", () => {
    expect(counted).toEqual({
      alarms: alarmMetrics(readSettings({ stage: "dev" })).length,
      // Those of the consumers, and that of the feedback of mails.
      queueMappings: 3 * QUEUE_CONSUMERS.length + 1,
      eachMinute: 1,
      memoryGb: 1,
      // One for each function, and that of the API.
      logGroups: FUNCTIONS.length + 1,
      logRetentionDays: 30,
      customerIndexes: 0,
    });
  });

  test("names what the index of orders by customer costs: a write unit of each order", () => {
    const withIndex = deployed({ stage: "dev", ordersByCustomer: "true" });
    const lines = perMillionOrders(AIM, withIndex);

    expect(lines.find(({ what }) => what === "index of orders by customer")).toMatchObject({
      quantity: 1_000_000,
    });
    expect(totalUsd(lines) - totalUsd(perMillionOrders(AIM, counted))).toBeCloseTo(0.625, 6);
  });

  test("follows the given settings", () => {
    const { context, settings } = costFlags(["--stage", "prod", "-c", "backbones=queues,kafka"]);

    expect(settings).toMatchObject({ stage: "prod", backbones: ["queues", "kafka"] });
    expect(deployed(context).logRetentionDays).toBe(90);
    expect(deployed(context).alarms).toBeGreaterThan(counted.alarms);
    expect(() => costFlags(["-c", "kafak=true"])).toThrow(/no setting "kafak"/);
  });

  test("stays below 10 dollars a month without an order: 4, and 2 for each of three consumers", () => {
    expect(totalUsd(atRest(counted))).toBeLessThan(4 + 2 * QUEUE_CONSUMERS.length);
    expect(totalUsd(atRest({ ...counted, alarms: 0, queueMappings: 0 }))).toBeLessThan(2);
  });

  test("of a million orders is below 10 dollars without mails and metrics", () => {
    const lines = perMillionOrders(AIM, counted).filter(
      ({ price }) => price !== "mail" && price !== "customMetric",
    );

    expect(totalUsd(lines)).toBeLessThan(10);
    expect(totalUsd(lines)).toBeGreaterThan(5);
  });

  test("grows with the calls of an order", () => {
    const more = perMillionOrders({ ...AIM, writeUnits: AIM.writeUnits + 1 }, counted);

    expect(totalUsd(more) - totalUsd(perMillionOrders(AIM, counted))).toBeCloseTo(0.625, 6);
  });

  test("has metrics by service, and by service, consumer and type", () => {
    const published = EVENT_TYPES.length;
    const reporters = published + Object.values(SUBSCRIPTIONS).flat().length + 1;

    // Nine for each published type, each subscribed type and the service, and four gauges, three throttles and the rejected mails.
    expect(metricsWithTraffic().atMost).toBe(9 * reporters + 8);
    // Without failures: four for each of them, and the published events by type and by service.
    expect(metricsWithTraffic().steady).toBe(4 * reporters + published + 1);
  });

  test("of one line is quantity times price", () => {
    expect(usdOf({ what: "publishes", price: "snsPublish", quantity: 2_000_000 })).toBeCloseTo(1, 9);
  });
});

describe("calls of an order", () => {
  test("are those of the design", () => {
    const sum = Object.values(AIM.calls).reduce((total, count) => total + count, 0);

    expect(sum).toBeLessThanOrEqual(4.5);
    expect(AIM.writeUnits + AIM.readUnits).toBeLessThanOrEqual(9);
  });

  test("are read from the file of a counted run", () => {
    const file = join(folder, "calls.json");
    writeFileSync(file, JSON.stringify({ oneByOne: { ...AIM, writeUnits: 9 }, inFullBatches: AIM }));

    expect(countedOrders(file)).toEqual({ oneByOne: { ...AIM, writeUnits: 9 }, inFullBatches: AIM });
  });

  test("lack a consumer that was declared since, which is reported", () => {
    const all = Object.fromEntries(QUEUE_CONSUMERS.map((name) => [name, { count: 1, ms: 1 }]));
    const { "notify-customer": _, ...others } = all;

    expect(uncounted({ ...AIM, invocations: all })).toEqual([]);
    expect(uncounted({ ...AIM, invocations: others })).toEqual([
      "Not in these calls: notify-customer. npm run bench counts them.",
    ]);
  });

  test("are refused when incomplete", () => {
    const file = join(folder, "half.json");
    writeFileSync(file, JSON.stringify({ oneByOne: AIM, inFullBatches: { source: "counted", calls: {} } }));

    expect(() => countedOrders(file)).toThrow(/invocations, writeUnits/);
  });
});
