import { describe, expect, test } from "vitest";
import { CronError, nextTime, parseCron } from "../../../lib/emulator/assembly/cron.ts";

/** The examples and rules of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
const NEXT: readonly [fields: string, after: string, next: readonly string[], zone?: string][] = [
  // Examples of the page.
  ["0 10 * * ? *", "2026-01-01T10:00:00Z", ["2026-01-02T10:00:00Z"]],
  ["15 12 * * ? *", "2026-01-01T00:00:00Z", ["2026-01-01T12:15:00Z", "2026-01-02T12:15:00Z"]],
  ["0 18 ? * MON-FRI *", "2026-01-02T18:00:00Z", ["2026-01-05T18:00:00Z"]],
  ["0 8 1 * ? *", "2026-01-01T08:00:00Z", ["2026-02-01T08:00:00Z"]],
  ["0/15 * * * ? *", "2026-01-01T00:50:00Z", ["2026-01-01T01:00:00Z", "2026-01-01T01:15:00Z"]],
  ["0/5 8-17 ? * MON-FRI *", "2026-01-02T17:55:00Z", ["2026-01-05T08:00:00Z", "2026-01-05T08:05:00Z"]],
  ["0/30 20-2 ? * MON-FRI *", "2026-01-02T02:30:00Z", ["2026-01-02T20:00:00Z", "2026-01-02T20:30:00Z"]],
  ["0/30 20-2 ? * MON-FRI *", "2026-01-02T23:30:00Z", ["2026-01-05T00:00:00Z"]],
  // Wildcards.
  ["0 0 L * ? *", "2028-02-01T00:00:00Z", ["2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"]],
  ["0 0 LW * ? *", "2026-05-01T00:00:00Z", ["2026-05-29T00:00:00Z"]],
  ["0 0 15W * ? *", "2026-08-01T00:00:00Z", ["2026-08-14T00:00:00Z", "2026-09-15T00:00:00Z"]],
  ["0 0 1W * ? *", "2026-08-01T00:00:00Z", ["2026-08-03T00:00:00Z"]],
  ["0 0 ? * 3#2 *", "2026-01-01T00:00:00Z", ["2026-01-13T00:00:00Z", "2026-02-10T00:00:00Z"]],
  ["0 0 ? * 6L *", "2026-01-01T00:00:00Z", ["2026-01-30T00:00:00Z"]],
  ["0 0 ? * L *", "2026-01-01T00:00:00Z", ["2026-01-03T00:00:00Z"]],
  ["0 0 1,15 JAN,jul ? *", "2026-01-02T00:00:00Z", ["2026-01-15T00:00:00Z", "2026-07-01T00:00:00Z"]],
  ["0 0 29 2 ? *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]],
  ["0 0 1 1 ? 2030-2031", "2026-01-01T00:00:00Z", ["2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"]],
  // Time zones of EventBridge Scheduler; the hour that daylight saving time leaves out is skipped.
  ["30 8 * * ? *", "2026-07-01T00:00:00Z", ["2026-07-01T06:30:00Z"], "Europe/Berlin"],
  ["30 8 * * ? *", "2026-01-01T00:00:00Z", ["2026-01-01T07:30:00Z"], "Europe/Berlin"],
  ["30 2 * * ? *", "2026-03-28T12:00:00Z", ["2026-03-30T00:30:00Z"], "Europe/Berlin"],
];

describe("the times of a cron expression", () => {
  test.each(NEXT)("cron(%s) after %s", (...[fields, after, next, zone]) => {
    const cron = parseCron(fields);
    const times: string[] = [];
    let at = Date.parse(after);
    for (let count = 0; count < next.length; count += 1) {
      at = nextTime(cron, at, zone) ?? Number.NaN;
      times.push(new Date(at).toISOString().replace(".000Z", "Z"));
    }

    expect(times).toEqual(next);
  });

  test("end with its last year", () => {
    expect(nextTime(parseCron("0 0 1 1 ? 2020"), Date.UTC(2026, 0, 1))).toBeUndefined();
  });
});

test.each([
  ["0 8 * * *", "six fields"],
  ["0 8", "fewer than six fields"],
  ["0 8 * * * *", "must be ?, and not both"],
  ["0 8 ? * ? *", "must be ?, and not both"],
  ["60 8 * * ? *", "minutes must be from 0 to 59"],
  ["0 24 * * ? *", "hours must be from 0 to 23"],
  ["0 8 32 * ? *", "day-of-month must be from 1 to 31"],
  ["0 8 ? * 8 *", "day-of-week must be from 1 to 7"],
  ["0 8 ? FOO MON *", 'month cannot be "FOO"'],
  ["0 8 * * ? 1969", "year must be from 1970 to 2199"],
  ["0/0 8 * * ? *", "minutes must be from 0 to 59"],
])("cron(%s) is refused: %s", (fields, message) => {
  expect(() => parseCron(fields)).toThrow(CronError);
  expect(() => parseCron(fields)).toThrow(message);
});
