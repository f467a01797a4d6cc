import { describe, expect, test } from "vitest";
import { readSettings } from "../../lib/config.ts";
import { quotasOf } from "../../lib/settings/region-quotas.ts";
import { type OrderLimit, orderLimits, secondsOfOrder } from "../labs/bench/capacity/order-limits.ts";
import { capacityFlags, decidedPerSecond, monthlyUsd } from "../labs/bench/capacity/plan-capacity.ts";
import { templateLimits } from "../labs/bench/capacity/template-limits.ts";
import { AIM } from "../labs/bench/order-calls.ts";

const RATE = 1_000;

async function limitsOf(
  context: Readonly<Record<string, string>> = {},
  region = "eu-central-1",
  order = AIM,
) {
  const templates = templateLimits(context);
  return orderLimits({
    order,
    templates,
    region,
    decided: await decidedPerSecond(context),
    mailRatePerSecond: readSettings(context).mailRatePerSecond,
  });
}
const find = (limits: readonly OrderLimit[], what: RegExp): OrderLimit => {
  const found = limits.find((limit) => what.test(limit.what));
  if (found === undefined) throw new Error(`There is no limit ${what}.`);
  return found;
};

describe("the limits of orders", () => {
  test("come lowest first, and each says why and what lifts it", async () => {
    const limits = await limitsOf();
    const rates = limits.map(({ ordersPerSecond }) => ordersPerSecond);

    expect(rates).toEqual(rates.toSorted((one, other) => one - other));
    for (const { because, remedy } of limits) {
      expect(because).not.toBe("");
      expect(remedy(RATE)).not.toBe("");
    }
  });

  test("are lifted by the remedy of the throttle, of mails and of hot stock", async () => {
    const before = await limitsOf();
    const given = [/throttle of the API/, /rate of mails/].map((what) =>
      (find(before, what)
        .remedy(RATE)
        .match(/\w+=\d+/) ?? [""])[0].split("="),
    );

    const after = await limitsOf({ ...Object.fromEntries(given), hotStock: "true" });

    for (const what of [/throttle of the API/, /rate of mails/])
      expect(find(after, what).ordersPerSecond).toBeGreaterThanOrEqual(RATE);
    expect(find(before, /Zipf/).ordersPerSecond).toBeLessThan(RATE);
    expect(find(before, /Zipf/).remedy(RATE)).toContain("hotStock=true");
    expect(find(after, /Zipf/).ordersPerSecond).toBeGreaterThan(RATE);
    expect(find(after, /Zipf/).remedy(10 * RATE)).toMatch(/^the catalogue split among \d+ deployments$/);
  });

  test("of quotas are those of the region, over the use of an order", async () => {
    for (const region of ["us-east-1", "eu-central-1", "sa-east-1"]) {
      const limits = await limitsOf({}, region);
      expect(find(limits, /SNS/).ordersPerSecond).toBe(quotasOf(region).snsMessagesPerSecond.limit / 2);
    }
    const twice = await limitsOf({}, "eu-central-1", { ...AIM, mails: 2 * AIM.mails });
    expect(find(twice, /SES/).ordersPerSecond).toBe(find(await limitsOf(), /SES/).ordersPerSecond / 2);
  });

  test("count the times of an order's calls at AWS", () => {
    const without = { ...AIM, calls: {} };

    expect(secondsOfOrder(AIM, "notify-customer")).toBeGreaterThan(
      secondsOfOrder(without, "notify-customer"),
    );
    expect(secondsOfOrder(AIM, "no-function")).toBe(0);
  });
});

test("the cost of a month grows with the orders, and metrics cost the same", () => {
  const lines = [
    { what: "writes", price: "dynamoDbWriteUnit", quantity: 1e6 },
    { what: "metrics", price: "customMetric", quantity: 10 },
  ] as const;

  expect(monthlyUsd(2, lines).orders).toBeCloseTo(2 * monthlyUsd(1, lines).orders, 6);
  expect(monthlyUsd(2, lines).metrics).toBeCloseTo(3, 6);
});

test.each([
  [["--rate", "0"], /--rate takes orders a second/],
  [["--rate", "many"], /received many/],
  [["--region", "Frankfurt"], /--region takes an AWS region/],
  [["-c", "kafak=true"], /no setting "kafak"/],
])("the flags refuse %j", (args, message) => {
  expect(() => capacityFlags(args)).toThrow(message);
});
