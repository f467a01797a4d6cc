import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress, type Progress } from "../../../lib/emulator/output/progress.ts";

let lines: string[];
let progress: Progress;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  lines = [];
  progress = createProgress((text) => lines.push(text));
});
afterEach(() => {
  progress.end();
  vi.useRealTimers();
});

test("a step is printed at once, and again with its seconds while it lasts", () => {
  progress.step("Synthesizing …");
  vi.advanceTimersByTime(7_000);

  expect(lines).toEqual(["Synthesizing …", "Synthesizing … 3 s", "Synthesizing … 6 s"]);
});

test("a line about a step postpones its repetition", () => {
  progress.step("Synthesizing …");
  vi.advanceTimersByTime(2_000);
  progress.line("bundling: 2 of 11");
  vi.advanceTimersByTime(2_000);

  expect(lines).toEqual(["Synthesizing …", "bundling: 2 of 11"]);
});

test("the next step counts from its own start, and nothing is printed after the end", () => {
  progress.step("Synthesizing …");
  vi.advanceTimersByTime(2_000);
  progress.step("Starting …");
  vi.advanceTimersByTime(3_000);
  progress.end();
  vi.advanceTimersByTime(60_000);

  expect(lines).toEqual(["Synthesizing …", "Starting …", "Starting … 3 s"]);
});
