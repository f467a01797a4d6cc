import { describe, expect, it } from "vitest";
import { campaign, piecesOf } from "./campaign/campaign.ts";
import { type JobResult, merged, nothingYet } from "./campaign/job.ts";
import { allCrashPoints } from "./crash-points.ts";

/** Twelve times what the wrong protocol needs that is found last (`--mutants`); `.ci/run` runs 50,000. */
const RUNS = 2_000;
/** Takes seconds on idle cores; a busy machine is no failure. */
const TIMEOUT_MS = 600_000;

describe("the real code under a seeded scheduler", () => {
  it(
    `keeps every invariant over ${RUNS} schedules and every crash point`,
    async () => {
      const points = await allCrashPoints();
      let total: JobResult = nothingYet();

      await campaign([...piecesOf("points", 0, points.length), ...piecesOf("seeds", 1, RUNS)], (result) => {
        total = merged(total, result);
      });

      expect(total.failures.slice(0, 3)).toEqual([]);
      expect(total.runs).toBe(RUNS + points.length);
      expect(total.counters.lost).toBe(0);
      expect(points.length).toBeGreaterThan(1_500);
      // A fault profile without faults would prove nothing.
      expect(total.counters.duplicated).toBeGreaterThan(RUNS);
      expect(total.counters.parked).toBeGreaterThan(RUNS / 20);
      expect(total.counters.moved).toBeGreaterThan(RUNS / 4);
      expect(total.counters.recovered).toBeGreaterThan(RUNS / 20);
    },
    TIMEOUT_MS,
  );
});
