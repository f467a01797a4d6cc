import type { FailedFilter, RedriveMany } from "../contract/operator-schemas.ts";
import { Problem } from "../middleware/problem.ts";
import { checkTargets, confirmed } from "./check-target.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { SHOWN_OF_JOBS } from "./domain/job.ts";
import { pick } from "./domain/pick.ts";
import { decideRedrive, type RedriveDecision } from "./domain/redrive-decision.ts";
import { newJob, type RedriveJob } from "./domain/redrive-job.ts";
import { groupsOf } from "./due-messages.ts";
import { MOST_ROWS, matchingRows } from "./list-failed-messages.ts";
import { examine } from "./load-failed-message.ts";
import { runSlice } from "./run-jobs.ts";
import { type JobPorts, redriveWork } from "./run-redrives.ts";

const SHOWN = [
  ...SHOWN_OF_JOBS,
  "filter",
  "total",
  "sent",
  "resolved",
  "refused",
  "cameBack",
] as const satisfies readonly (keyof RedriveJob)[];

/** A job as operators see it; without an id where there was nothing to do. */
export type RedriveJobView = Omit<Pick<RedriveJob, (typeof SHOWN)[number]>, "jobId"> & {
  readonly jobId?: string;
};

export interface DryRun {
  readonly dryRun: true;
  readonly total: number;
  readonly send: Tally;
  readonly resolve: Tally;
  readonly refuse: Tally;
  /** false: there are more messages than were looked at. */
  readonly isComplete: boolean;
}

interface Tally {
  readonly count: number;
  readonly samples: { readonly failedKey: string; readonly because?: string }[];
}

const RATE = 10;
const SAMPLES = 5;
/** The gateway waits for 29 seconds, the function for ten: a small set is through by then, counting included. */
const FIRST_SLICE_MS = 6_000;
const COUNT_MS = 3_000;
const LOOK_MS = 6_000;
const LOOKS_AT_ONCE = 20;

/** What would become of each message that a filter takes. Changes nothing. */
export function tryRedrive(ports: JobPorts) {
  return async (filter: FailedFilter): Promise<DryRun> => {
    const deadline = ports.clock.now() + LOOK_MS;
    const look = checkTargets(ports);
    const tallies = { send: tally(), resolve: tally(), refuse: tally() };
    let total = 0;
    for await (const rows of groupsOf(matchingRows(ports, filter), LOOKS_AT_ONCE)) {
      if (ports.clock.now() > deadline) return { dryRun: true, total, ...tallies, isComplete: false };
      const verdicts = await Promise.all(
        rows.map(async (row) => {
          const verdict = decideRedrive(row, await examine(ports, row));
          return [row, await confirmed(verdict, row, look)] as const;
        }),
      );
      for (const [row, verdict] of verdicts) add(tallies[verdict.kind], row, verdict);
      total += rows.length;
    }
    return { dryRun: true, total, ...tallies, isComplete: true };
  };
}

/** Begins the redrive of every message that a filter takes; a small set is through when this answers. */
export function startRedrive(ports: JobPorts) {
  return async (asked: Omit<RedriveMany, "dryRun">, by: string): Promise<RedriveJobView> => {
    const { filter, ratePerSecond = RATE, why } = asked;
    const { clock } = ports;
    const begunAt = clock.now();
    const { total, consumers } = await census(ports, filter, begunAt + COUNT_MS);
    const jobId = ports.newId();
    const first = newJob(
      { jobId, filter, ratePerSecond, by, why, ...(total === undefined ? {} : { total }) },
      clock.now(),
    );
    if (total === 0) {
      const { jobId: _, ...nothing } = viewOfJob({ ...first, status: "DONE" });
      return { ...nothing, stoppedBecause: "no open message is taken by the filter" };
    }
    const look = checkTargets(ports);
    for (const consumer of consumers) {
      const detail = await look(consumer);
      if (detail !== undefined) throw new Problem("REDRIVE_REFUSED", { detail });
    }
    await ports.redriveJobs.put(first, undefined);
    ports.audit({ act: "redrive many", jobId, by, total });
    try {
      return viewOfJob(await runSlice(redriveWork(ports), first, begunAt + FIRST_SLICE_MS));
    } catch {
      // The job is there, and the minute schedule goes on with it.
      return viewOfJob((await ports.redriveJobs.get(jobId)) ?? first);
    }
  };
}

/** How many messages there are, and whose; no total where there are too many to count in time. */
async function census(ports: JobPorts, filter: FailedFilter, deadline: number) {
  const consumers = new Set<string>();
  let total = 0;
  for await (const { consumer } of matchingRows(ports, filter)) {
    consumers.add(consumer);
    total += 1;
    if (total > MOST_ROWS || ports.clock.now() > deadline) return { total: undefined, consumers };
  }
  return { total, consumers };
}

export function viewOfJob(job: RedriveJob): RedriveJobView {
  return pick(job, SHOWN);
}

const tally = (): { count: number; samples: { failedKey: string; because?: string }[] } => ({
  count: 0,
  samples: [],
});

function add(into: ReturnType<typeof tally>, { failedKey }: FailedMessage, verdict: RedriveDecision): void {
  into.count += 1;
  if (into.samples.length === SAMPLES) return;
  switch (verdict.kind) {
    case "send":
      into.samples.push({ failedKey });
      break;
    case "resolve":
      into.samples.push({ failedKey, because: verdict.because });
      break;
    case "refuse":
      into.samples.push({ failedKey, because: verdict.whyNot });
      break;
  }
}
