import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conflictDelayMs } from "../../../functions/adapters/dynamodb-client.ts";
import { retryDelaySeconds } from "../../../functions/failures/maintenance/retry-parked-events.ts";
import { backOffSeconds } from "../../../functions/middleware/batch.ts";

const ALMOST_1 = 1 - Number.EPSILON;

describe("the back-off of a message", () => {
  test.each([
    [0, 2],
    [1, 2],
    [2, 4],
    [3, 8],
    [4, 16],
    [8, 256],
    [9, 300],
    [1_000, 300],
  ])("after %i receives is at most %i seconds", (receives, longest) => {
    expect(backOffSeconds(receives, ALMOST_1)).toBe(longest);
    expect(backOffSeconds(receives, 0.5)).toBe(Math.round(longest / 2));
    expect(backOffSeconds(receives, 0)).toBe(0);
  });

  test("is always a whole number of seconds that SQS accepts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 10_000 }),
        fc.double({ min: 0, max: ALMOST_1, noNaN: true }),
        (n, r) => {
          const seconds = backOffSeconds(n, r);
          return Number.isInteger(seconds) && seconds >= 0 && seconds <= 43_200;
        },
      ),
    );
  });
});

test.each([
  [0, 20],
  [1, 40],
  [3, 160],
  [4, 320],
  [50, 320],
])("the delay after conflict %i is at most %i ms", (attempt, longest) => {
  expect(conflictDelayMs(attempt, 1)).toBe(longest);
  expect(conflictDelayMs(attempt, 0.25)).toBe(longest / 4);
  expect(conflictDelayMs(attempt, 0)).toBe(0);
});

test.each([
  [0, 60],
  [1, 60],
  [2, 120],
  [6, 1_920],
  [7, 3_600],
  [100, 3_600],
])("after %i failures an event is published again after %i seconds", (failures, seconds) => {
  expect(retryDelaySeconds(failures)).toBe(seconds);
});
