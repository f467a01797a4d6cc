import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  FileHandlesError,
  fileHandleLimit,
  mostConnections,
  mostRunning,
  requireFileHandles,
} from "../../../lib/emulator/file-handles.ts";
import { reportRefusals } from "../../../lib/emulator/gateway/refusals.ts";

describe("K12: the file handles of the emulator", () => {
  test("too few are refused with the required number and the command", () => {
    expect(() => requireFileHandles(64)).toThrow(FileHandlesError);
    expect(() => requireFileHandles(64)).toThrow("at least 512 file handles, and this shell permits 64");
    expect(() => requireFileHandles(64)).toThrow("ulimit -n 1024");
  });

  test.each([512, 1_024, undefined])("%s are accepted", (limit) => {
    expect(() => requireFileHandles(limit)).not.toThrow();
  });

  test.skipIf(process.platform === "win32")("are known, unless there is no limit", () => {
    expect(fileHandleLimit() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(0);
  });

  test("limit the connections, and the concurrent requests to half of them", () => {
    const limits = [512, 1_024, undefined];

    expect(limits.map(mostConnections)).toEqual([64, 576, Number.POSITIVE_INFINITY]);
    expect(limits.map(mostRunning)).toEqual([32, 288, Number.POSITIVE_INFINITY]);
  });
});

describe("K12: refused requests", () => {
  let lines: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
  });
  afterEach(() => void vi.useRealTimers());

  test("are printed soon, by their error", () => {
    const refusals = reportRefusals((text) => lines.push(text));

    for (let count = 0; count < 300; count++) refusals.add("429 THROTTLED");
    refusals.add("503 EMULATOR_BUSY");
    vi.advanceTimersByTime(200);

    expect(lines).toEqual(["refused 301 requests: 300 with 429 THROTTLED, 1 with 503 EMULATOR_BUSY"]);
  });

  test("are printed every five seconds while there are more, and each is counted once", () => {
    const refusals = reportRefusals((text) => lines.push(text));

    for (let tenth = 0; tenth < 100; tenth++) {
      refusals.add("429 THROTTLED");
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(5_000);

    expect(lines.length).toBeLessThanOrEqual(3);
    expect(lines.reduce((sum, line) => sum + Number(/\d+/.exec(line)), 0)).toBe(100);
  });

  test("are printed soon again after a quiet period", () => {
    const refusals = reportRefusals((text) => lines.push(text));
    refusals.add("429 THROTTLED");
    vi.advanceTimersByTime(10_200);

    refusals.add("429 THROTTLED");
    vi.advanceTimersByTime(200);

    expect(lines).toEqual([
      "refused 1 request: 1 with 429 THROTTLED",
      "refused 1 request: 1 with 429 THROTTLED",
    ]);
  });
});
