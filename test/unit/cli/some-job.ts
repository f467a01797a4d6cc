import type { JobPreview, JobView } from "../../../functions/contract/operator-answers.ts";

/** A redrive that is done. */
export function someJob(changes: Partial<JobView> = {}): JobView {
  return {
    jobId: "j1",
    act: "redrive",
    status: "DONE",
    ratePerSecond: 10,
    by: "olga",
    why: "mended",
    startedAt: "2026-01-01T12:00:00.000Z",
    done: 0,
    resolved: 0,
    refused: 0,
    skipped: 0,
    failedAgain: 0,
    ...changes,
  };
}

export function somePreview(changes: Partial<JobPreview> = {}): JobPreview {
  return { dryRun: true, act: "redrive", total: 0, outcomes: [], isComplete: true, ...changes };
}
