import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conflictDelayMs } from "../../../functions/adapters/dynamodb-client.ts";
import { retryDelaySeconds } from "../../../functions/failures/maintenance/retry-parked-events.ts";
import { backOffSeconds } from "../../../functions/middleware/batch.ts";
import { completeSettings } from "../../../functions/middleware/consumer.ts";

const ALMOST_1 = 1 - Number.EPSILON;

const SETTINGS = completeSettings({ firstBackOffSeconds: 2 });

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
    expect(backOffSeconds(SETTINGS, receives, ALMOST_1)).toBe(longest);
    expect(backOffSeconds(SETTINGS, receives, 0.5)).toBe(Math.round(longest / 2));
    expect(backOffSeconds(SETTINGS, receives, 0)).toBe(0);
  });

  test("is always a whole number of seconds that SQS accepts", () => {
    fc.assert(
      fc.property(
        fc.record({
          firstBackOffSeconds: fc.integer({ min: 1, max: 3_600 }),
          longestBackOffSeconds: fc.integer({ min: 1, max: 36_000 }),
        }),
        fc.integer({ min: -5, max: 10_000 }),
        fc.double({ min: 0, max: ALMOST_1, noNaN: true }),
        (settings, n, r) => {
          const seconds = backOffSeconds(completeSettings(settings), n, r);
          return Number.isInteger(seconds) && seconds >= 0 && seconds <= settings.longestBackOffSeconds;
        },
      ),
    );
  });

  test("lasts as long as the page of the engine says, and five receives outlast a minute", () => {
    const page = readFileSync(new URL("../../../functions/middleware/README.md", import.meta.url), "utf8");
    const lines = [...page.matchAll(/^\| (\d+) \| (\d+) s \| (\d+) s \| (\d+) s \|$/gm)].map(([, ...cells]) =>
      cells.map(Number),
    );
    const draws = (receives: number) =>
      Array.from({ length: 20_000 }, () => {
        let seconds = 0;
        for (let receive = 1; receive < receives; receive++)
          seconds += backOffSeconds(completeSettings(), receive, Math.random());
        return seconds;
      }).sort((one, other) => one - other);

    expect(lines.map(([receives]) => receives)).toContain(5);
    for (const [receives = 0, ...documented] of lines) {
      const all = draws(receives);
      for (const [index, share] of [0.05, 0.5, 0.95].entries()) {
        const seconds = all[share * all.length] ?? 0;
        const written = documented[index] ?? 0;
        expect(Math.abs(seconds - written), `${receives} receives: ${seconds} s, ${written} s`).toBeLessThan(
          2 + written * 0.05,
        );
      }
      if (receives === 5) expect(all[0.02 * all.length]).toBeGreaterThan(60);
    }
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
