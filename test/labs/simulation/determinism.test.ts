import { describe, expect, it } from "vitest";
import { runCrashPoint } from "./crash-points.ts";
import { runSchedule } from "./schedule.ts";

describe("a schedule", () => {
  it("has the same trace for the same seed (I21)", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const first = await runSchedule({ seed });
      const second = await runSchedule({ seed });

      expect(second).toEqual(first);
    }
  });

  it("has the same trace when it is recorded", async () => {
    const silent = await runSchedule({ seed: 7 });
    const recorded = await runSchedule({ seed: 7, isRecorded: true });

    expect(recorded.hash).toBe(silent.hash);
    expect(recorded.recordedSteps.length).toBe(recorded.steps);
  });

  it("differs from the schedule of another seed", async () => {
    const hashes = await Promise.all([runSchedule({ seed: 1 }), runSchedule({ seed: 2 })]);

    expect(hashes[0]?.hash).not.toBe(hashes[1]?.hash);
  });

  it("has the same trace at a crash point", async () => {
    const point = { scenario: 0, call: 12, fault: "crash-after" } as const;

    expect(await runCrashPoint(point)).toEqual(await runCrashPoint(point));
  });
});
