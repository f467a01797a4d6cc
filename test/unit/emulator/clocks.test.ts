import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { followClockSteps } from "../../../lib/emulator/services/clock-steps.ts";
import type { Messaging } from "../../../lib/emulator/services/start-messaging.ts";

const ROOT = "lib/emulator";

/** Lines that print a time, or compare it with that of another process or start. Others measure durations. */
const TIMESTAMPS = [
  /onLine\??\.?\(\{ at: Date\.now\(\)/,
  /^ *at: Date\.now\(\),$/,
  /deadlineMs: Date\.now\(\) \+/,
  /Root=1-\$\{Math\.floor\(Date\.now\(\) \/ 1000\)/,
  /headers\["lambda-runtime-deadline-ms"\]\) - Date\.now\(\)/,
  /Math\.max\(0, Date\.now\(\) - seconds \* 1000\)/,
  /const clock: Clock = \{ now: \(\) => Date\.now\(\) \}/,
];

test("K10: the wall clock is read for timestamps only", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.m?ts$|\.mjs$/.test(file),
  );
  const lines = files.flatMap((file) =>
    readFileSync(join(ROOT, file), "utf8")
      .split("\n")
      .filter((line) => line.includes("Date.now()") && !TIMESTAMPS.some((known) => known.test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  );

  expect(files.length).toBeGreaterThan(50);
  expect(lines).toEqual([]);
});

test.each([-3_600_000, 3_600_000])("K10: deadlines of messages follow a wall clock set by %i ms", (step) => {
  vi.useFakeTimers();
  const deadlines = { visibilityDeadline: 1_030_000 };
  const delayed = [{ delayUntil: 1_060_000 }, {}];
  const fifo = { delayUntil: 1_090_000 };
  const queue = {
    inflightMessages: new Map([["handle", deadlines]]),
    delayedMessages: delayed,
    fifoDelayed: new Map([["group", [fifo]]]),
  };
  let wall = 1_000_000;
  let passed = 5;
  const stop = followClockSteps(
    { allQueues: () => [queue] } as unknown as Messaging["queues"],
    { now: () => wall },
    { now: () => passed },
  );

  wall += step + 500;
  passed += 500;
  vi.advanceTimersByTime(500);
  wall += 600;
  passed += 500;
  vi.advanceTimersByTime(500);
  stop();
  vi.useRealTimers();

  expect(deadlines).toEqual({ visibilityDeadline: 1_030_000 + step });
  expect(delayed).toEqual([{ delayUntil: 1_060_000 + step }, {}]);
  expect(fifo).toEqual({ delayUntil: 1_090_000 + step });
});
