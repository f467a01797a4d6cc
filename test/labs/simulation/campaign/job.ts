import { added, type Counters, NO_COUNTERS } from "../counters.ts";
import { allCrashPoints, runCrashPoint } from "../crash-points.ts";
import { MUTANTS } from "../mutants/all-mutants.ts";
import { type Catch, hunt } from "../mutants/hunt.ts";
import { runSchedule } from "../schedule.ts";

/** The work of one thread. `to` is exclusive. */
export type Job =
  | { readonly kind: "seeds"; readonly from: number; readonly to: number }
  | { readonly kind: "points"; readonly from: number; readonly to: number }
  | { readonly kind: "mutant"; readonly index: number; readonly limit: number };

export interface Failure {
  readonly seed: number;
  readonly message: string;
  /** Command that repeats it. */
  readonly command: string;
}

export interface JobResult {
  readonly runs: number;
  readonly steps: number;
  readonly calls: number;
  readonly counters: Counters;
  readonly failures: readonly Failure[];
  readonly caught?: Catch;
}

const NOTHING: JobResult = { runs: 0, steps: 0, calls: 0, counters: NO_COUNTERS, failures: [] };

export function merged(a: JobResult, b: JobResult): JobResult {
  return {
    runs: a.runs + b.runs,
    steps: a.steps + b.steps,
    calls: a.calls + b.calls,
    counters: added(a.counters, b.counters),
    failures: [...a.failures, ...b.failures],
  };
}

export function nothingYet(): JobResult {
  return NOTHING;
}

let points: ReturnType<typeof allCrashPoints> | undefined;

/** Runs one job. A violated invariant is a failure in the result, not a rejection. */
export async function perform(job: Job): Promise<JobResult> {
  if (job.kind === "mutant") {
    const mutant = MUTANTS[job.index];
    if (mutant === undefined) throw new RangeError(`There is no mutant ${job.index}.`);
    const caught = await hunt(mutant, job.limit);
    return { ...NOTHING, runs: caught.schedules, caught };
  }
  points ??= allCrashPoints();
  const all = job.kind === "points" ? await points : [];
  let result = NOTHING;
  for (let index = job.from; index < job.to; index++) {
    const point = all[index];
    const { seed, steps, calls, counters, violation } =
      point === undefined ? await runSchedule({ seed: index }) : await runCrashPoint(point);
    const command = `npm run simulate -- --${point === undefined ? "seed" : "point"} ${index}`;
    const failures = violation === undefined ? [] : [{ seed, message: violation.message, command }];
    result = merged(result, { runs: 1, steps, calls, counters: counters ?? NO_COUNTERS, failures });
  }
  return result;
}
