import { describe, expect, it } from "vitest";
import { campaign, piecesOf } from "./campaign/campaign.ts";
import { type JobResult, merged, nothingYet } from "./campaign/job.ts";
import { allCrashPoints } from "./crash-points.ts";

/** `.ci/run` runs 50,000, and every crash point. */
const RUNS = 250;
/** Every eighth chunk of crash points. */
const SHARE = 8;
/** Seconds on idle cores; the bound is for a busy machine. */
const TIMEOUT_MS = 600_000;

describe("the simulation", () => {
  it(
    `violates no invariant over ${RUNS} schedules and an eighth of the crash points`,
    async () => {
      const points = await allCrashPoints();
      const jobs = [
        ...piecesOf("points", 0, points.length).filter((_, index) => index % SHARE === 0),
        ...piecesOf("seeds", 1, RUNS),
      ];
      let total: JobResult = nothingYet();

      await campaign(jobs, (result) => {
        total = merged(total, result);
      });

      expect(total.failures.slice(0, 3)).toEqual([]);
      expect(total.runs).toBeGreaterThan(RUNS + points.length / (2 * SHARE));
      expect(total.counters.lost).toBe(0);
      expect(points.length).toBeGreaterThan(1_500);
      // Without faults the schedules would prove nothing.
      expect(total.counters.duplicated).toBeGreaterThan(RUNS);
      expect(total.counters.parked).toBeGreaterThan(RUNS / 20);
      expect(total.counters.moved).toBeGreaterThan(RUNS / 4);
      expect(total.counters.purged).toBeGreaterThan(RUNS / 4);
      expect(total.counters.recovered).toBeGreaterThan(RUNS / 20);
    },
    TIMEOUT_MS,
  );
});
