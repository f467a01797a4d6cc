import type { RedriveJobs, RedriveJobView, RedrivePreview } from "../../contract/operator-answers.ts";
import type { FailedFilter, RedriveMany } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { isJobId, SHOWN_OF_JOBS } from "../domain/job.ts";
import { pick } from "../domain/pick.ts";
import { decideRedrive, type RedriveDecision } from "../domain/redrive-decision.ts";
import { newRedriveJob, type RedriveJob } from "../domain/redrive-job.ts";
import { gatherFindings, loadUnchanged } from "../load-failed-message.ts";
import { checkTargets, withTargetCheck } from "../operators/check-target.ts";
import { MOST_ROWS, matchingPages } from "../operators/list-failed-messages.ts";
import { runSlice } from "./run-jobs.ts";
import { READS, type RedrivePorts, redriveWork, refreshCounts } from "./run-redrives.ts";

const SHOWN = [
  ...SHOWN_OF_JOBS,
  "filter",
  "total",
  "sent",
  "resolved",
  "refused",
  "failedAgain",
] as const satisfies readonly (keyof RedriveJob)[];

const RATE = 10;
const SAMPLES = 5;
/** The function has ten seconds: a small set is done by then, counting included. */
const FIRST_SLICE_MS = 6_000;
const COUNT_MS = 3_000;
const DRY_RUN_MS = 6_000;
const READS_AT_ONCE = 20;

/** The decision about each message that matches a filter. Writes nothing. */
export function tryRedrive(ports: RedrivePorts) {
  return async (filter: FailedFilter): Promise<RedrivePreview> => {
    const deadline = ports.clock.now() + DRY_RUN_MS;
    const checkTarget = checkTargets(ports);
    const tallies = { send: tally(), resolve: tally(), refuse: tally() };
    let total = 0;
    for await (const page of matchingPages(ports, filter)) {
      for (let at = 0; at < page.rows.length; at += READS_AT_ONCE) {
        if (ports.clock.now() > deadline) return { dryRun: true, total, ...tallies, isComplete: false };
        const rows = await loadUnchanged(ports, page.rows.slice(at, at + READS_AT_ONCE));
        const decisions = await Promise.all(
          rows.map(async (row) => {
            const decision = decideRedrive(row, await gatherFindings(ports, row));
            return [row, await withTargetCheck(decision, row, checkTarget)] as const;
          }),
        );
        for (const [row, decision] of decisions) add(tallies[decision.kind], row, decision);
        total += rows.length;
      }
      if (page.cursor !== undefined && ports.clock.now() > deadline)
        return { dryRun: true, total, ...tallies, isComplete: false };
    }
    return { dryRun: true, total, ...tallies, isComplete: true };
  };
}

/** Starts the redrive of every message that matches a filter. A small set is done when this resolves. */
export function startRedrive(ports: RedrivePorts) {
  return async (asked: Omit<RedriveMany, "dryRun">, by: string): Promise<RedriveJobView> => {
    const { filter, ratePerSecond = RATE, why } = asked;
    const { clock } = ports;
    const startedAt = clock.now();
    const { total, consumers } = await countMatching(ports, filter, startedAt + COUNT_MS);
    const jobId = ports.newId();
    const first = newRedriveJob(
      { jobId, filter, ratePerSecond, by, why, ...(total === undefined ? {} : { total }) },
      clock.now(),
    );
    if (total === 0) {
      const { jobId: _, ...nothing } = viewOfJob({ ...first, status: "DONE" });
      return { ...nothing, stoppedBecause: "no open message matches the filter" };
    }
    const checkTarget = checkTargets(ports);
    for (const consumer of consumers) {
      const detail = await checkTarget(consumer);
      if (detail !== undefined) throw new Problem("REDRIVE_REFUSED", { detail });
    }
    await ports.redriveJobs.put(first, undefined);
    ports.audit({ act: "redrive many", jobId, by, total });
    try {
      return viewOfJob(await runSlice(redriveWork(ports), first, startedAt + FIRST_SLICE_MS));
    } catch {
      // The job is stored, and maintenance continues it.
      return viewOfJob((await ports.redriveJobs.get(jobId)) ?? first);
    }
  };
}

/** The number of matching messages and their consumers; no total where there are too many to count in time. */
async function countMatching(ports: RedrivePorts, filter: FailedFilter, deadline: number) {
  const consumers = new Set<string>();
  let total = 0;
  for await (const { rows, cursor } of matchingPages(ports, filter)) {
    for (const { consumer } of rows) consumers.add(consumer);
    total += rows.length;
    const isEnough = total > MOST_ROWS || ports.clock.now() > deadline;
    if (isEnough && cursor !== undefined) return { total: undefined, consumers };
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

function add(into: ReturnType<typeof tally>, { failedKey }: FailedMessage, decision: RedriveDecision): void {
  into.count += 1;
  if (into.samples.length === SAMPLES) return;
  switch (decision.kind) {
    case "send":
      into.samples.push({ failedKey });
      break;
    case "resolve":
      into.samples.push({ failedKey, because: decision.because });
      break;
    case "refuse":
      into.samples.push({ failedKey, because: decision.whyNot });
      break;
  }
}

type ReadPorts = Pick<RedrivePorts, "failedMessages" | "redriveJobs">;

const STATUSES: readonly RedriveJob["status"][] = ["RUNNING", "STOPPED", "DONE"];
const EACH = 50;
/** Rows read for one list: enough for all messages in flight of a few large jobs, or of many small ones. */
const LIST_READS = 1_000;

/** One job, with its counts refreshed. Throws a Problem where there is none. */
export function readRedrive(ports: ReadPorts) {
  return async (jobId: string): Promise<RedriveJobView> => {
    const job = isJobId(jobId) ? await ports.redriveJobs.get(jobId) : undefined;
    if (job === undefined) {
      throw new Problem("REDRIVE_JOB_NOT_FOUND", { detail: `There is no redrive ${jobId.slice(0, 64)}.` });
    }
    return viewOfJob(await refreshCounts(ports, job, readsOf(job)));
  };
}

/**
 * The latest jobs of each status, newest first, with their counts refreshed. The oldest keep the counts of their end
 * where the reads of one list do not suffice.
 */
export function listRedrives(ports: ReadPorts) {
  return async (): Promise<RedriveJobs> => {
    const lists = await Promise.all(STATUSES.map((status) => ports.redriveJobs.list(status, EACH)));
    const byId = new Map(lists.flat().map((job) => [job.jobId, job]));
    const jobs = [...byId.values()].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
    const redrives: RedriveJobView[] = [];
    let left = LIST_READS;
    for (const job of jobs) {
      const reads = Math.min(readsOf(job), inFlight(job));
      redrives.push(viewOfJob(reads > left ? job : await refreshCounts(ports, job, reads)));
      left = reads > left ? 0 : left - reads;
    }
    return { redrives };
  };
}

const readsOf = ({ status }: RedriveJob): number => (status === "RUNNING" ? READS : Number.POSITIVE_INFINITY);

const inFlight = ({ recent }: RedriveJob): number =>
  recent.filter(({ outcome }) => outcome === "in flight").length;
