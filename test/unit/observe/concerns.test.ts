import { describe, expect, test } from "vitest";
import type { ConsumerView, FailureGroups } from "../../../functions/contract/operator-answers.ts";
import { concernsOf } from "../../../lib/operator/observe/concerns.ts";
import type { AlarmView, MetricsAnswer, SeriesName } from "../../../lib/operator/observe/view-types.ts";

/** Steps of a minute, the last one now. */
const metrics = (
  ...series: readonly [SeriesName, string | undefined, readonly (number | null)[]][]
): MetricsAnswer => ({
  stepSeconds: 60,
  at: Array.from({ length: 10 }, (_, i) => i * 60_000),
  series: series.map(([name, consumer, values]) => ({
    name,
    values,
    ...(consumer !== undefined && { consumer }),
  })),
});
const failed = (...counts: readonly number[]): FailureGroups => ({
  isComplete: true,
  groups: counts.map((count, i) => ({
    fingerprint: String(i),
    consumer: "order-created",
    eventType: "order.created",
    reason: "EXPIRED",
    count,
    firstAt: "",
    lastAt: "",
    sample: "",
  })),
});
const alarm = (state: AlarmView["state"]): AlarmView => ({
  name: "a",
  state,
  since: 0,
  description: "",
  runbook: "",
});
const consumer = (state: ConsumerView["state"], pause?: ConsumerView["pause"]): ConsumerView => ({
  name: "order-created",
  on: [],
  state,
  isSwitching: false,
  mappings: [],
  keptSeconds: 1,
  whilePaused: [],
  ...(pause !== undefined && { pause }),
});
const PAUSED = consumer("PAUSED", { by: "olga", at: "2026-01-01T03:17:20Z", why: "stock is being counted" });
const textsOf = (...of: Parameters<typeof concernsOf>) => concernsOf(...of).map(({ text }) => text);

describe("concerns", () => {
  test("are none where nothing failed, waits for an operator or is paused", () => {
    expect(
      concernsOf({
        metrics: metrics(
          ["errors", undefined, [0]],
          ["apiRequests", undefined, [7]],
          ["apiErrors", undefined, [0]],
        ),
        groups: failed(),
        consumers: [consumer("RUNNING"), consumer("NOT_PROCESSING")],
        alarms: [alarm("OK"), alarm("UNKNOWN")],
      }),
    ).toEqual([]);
  });

  test("are in the order of what fails now, has failed, is paused and has an alarm", () => {
    expect(
      textsOf({
        alarms: [alarm("ALARM"), alarm("OK")],
        consumers: [PAUSED],
        groups: failed(2, 1),
        metrics: metrics(
          ["apiErrors", undefined, [3]],
          ["apiRequests", undefined, [4]],
          ["errors", undefined, [9]],
          ["errors", "order-created", [9]],
        ),
      }),
    ).toEqual([
      "9 invocations of order-created crashed in the last 5 minutes",
      "3 of 4 requests failed in the API in the last 5 minutes",
      "3 failed messages with 2 causes",
      "order-created is paused since 2026-01-01T03:17:20Z by olga: stock is being counted",
      "1 active alarm",
    ]);
  });

  test.each<[failed: readonly number[], consumed: readonly number[], expected: readonly string[]]>([
    [[118, 0], [1, 1], ["118 of 120 attempts of order-created failed in the last 2 minutes"]],
    [[4, 0], [0, 0], []],
    [[50, 9], [60, 0], []],
    [[118, 0, 0], [0, 0, 0], []],
  ])(
    "are the attempts of a consumer where most of several fail now: %j failed, %j consumed",
    (failed, consumed, expected) => {
      const found = textsOf({
        metrics: metrics(["failed", "order-created", failed], ["consumed", "order-created", consumed]),
      });

      expect(found).toEqual(expected);
    },
  );

  test("put what waits for an operator before what failed some minutes ago and has ended", () => {
    expect(
      textsOf({
        alarms: [alarm("ALARM")],
        consumers: [PAUSED],
        groups: failed(104),
        metrics: metrics(
          ["apiErrors", undefined, [0, 0, 0, 0, 0, 1171, 0, 0, 0, 0]],
          ["apiRequests", undefined, [0, 0, 0, 0, 0, 8225, 0, 0, 0, 0]],
          ["errors", "order-created", [0, 0, 0, 0, 0, 0, 9, 0, 0, null]],
          ["errors", "notify-customer", [0, 0, 0, 0, 0, 0, 0, 0, 1, null]],
        ),
      }),
    ).toEqual([
      "1 invocation of notify-customer crashed in the last 5 minutes",
      "104 failed messages with the same cause",
      "order-created is paused since 2026-01-01T03:17:20Z by olga: stock is being counted",
      "1 active alarm",
      "9 invocations of order-created crashed in the last 5 minutes, none in the last 2",
      "1,171 of 8,225 requests failed in the API in the last 5 minutes, none in the last 2",
    ]);
  });

  test("count crashes of the last five minutes only, the function with the most first", () => {
    const values = (...last: readonly number[]) => [...Array(10 - last.length).fill(50), ...last];

    expect(
      textsOf({
        metrics: metrics(
          ["errors", "maintenance", values(0, 1, 0, 0, 0)],
          ["errors", "order-created", values(0, 0, 2, 0, 3)],
          ["errors", "notify-customer", values(0, 0, 0, 0, 0)],
        ),
      }),
    ).toEqual([
      "5 invocations of order-created crashed in the last 5 minutes",
      "1 invocation of maintenance crashed in the last 5 minutes, none in the last 2",
    ]);
  });

  test("name a consumer whose mapping is off without a pause", () => {
    expect(textsOf({ consumers: [consumer("OFF")] })).toEqual([
      "order-created is off, and no operator has paused it",
    ]);
  });

  test("of one failed message, or of too many to group, name no common cause", () => {
    expect(textsOf({ groups: failed(1) })).toEqual(["1 failed message"]);
    expect(textsOf({ groups: { ...failed(10_000), isComplete: false } })).toEqual([
      "About 10,000 failed messages",
    ]);
    const { groups } = failed(1);
    expect(textsOf({ groups: { groups: [...groups, ...groups], isComplete: false } })).toEqual([
      "About 2 failed messages with at least 2 causes",
    ]);
  });
});
