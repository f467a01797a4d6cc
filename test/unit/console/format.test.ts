import { describe, expect, it, test } from "vitest";
import { ago, duration, elapsed, money, ms } from "../../../lib/operator/console/web/format.ts";
import { count, pluralize } from "../../../lib/operator/observe/count.ts";

test.each([
  [0, "0 messages"],
  [1, "1 message"],
  [1_248, "1,248 messages"],
])("the count %i is formatted as %s", (number, text) => {
  expect(pluralize(number, "message")).toBe(text);
});

test.each([
  [9_999, "9,999"],
  [12_345, "12,345"],
  [1_500_000, "1,500,000"],
])("the number %i is formatted as %s", (number, text) => {
  expect(count(number)).toBe(text);
});

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [7_199, "1 h"],
  [200_000, "2 d"],
])("%d seconds are formatted as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe("a past time", () => {
  it.each([
    [0, "just now"],
    [-5_000, "just now"],
    [61_000, "1 min ago"],
  ])("%i ms is formatted as %s", (before, text) => {
    expect(ago(1_000_000 - before, 1_000_000)).toBe(text);
  });
});

test.each([
  [41, "+41 ms"],
  [2_400, "+2.4 s"],
  [94_000, "+1 min"],
])("%i ms elapsed are formatted as %s", (value, text) => {
  expect(elapsed(value)).toBe(text);
});

test.each([
  ["EUR", 2_190, "€21.90"],
  ["JPY", 500, "¥500"],
  ["not a currency", 5, "5 not a currency"],
])("%s %i is formatted as %s", (currency, minorUnits, text) => {
  expect(money({ currency, minorUnits })).toBe(text);
});

test("milliseconds from 1,000 are formatted in larger units", () => {
  expect([ms(12.4), ms(1_000), ms(1_240), ms(61_000)]).toEqual(["12 ms", "1 s", "1.2 s", "1 min"]);
});
