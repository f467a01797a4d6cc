import { JOB_STATUSES } from "../../contract/failures.ts";
import type { JobList, JobView } from "../../contract/operator-answers.ts";
import { Problem } from "../../middleware/problem.ts";
import { isClaimed, isJobId } from "../domain/job.ts";
import type { MessageJob } from "../domain/message-job.ts";
import { pick } from "../domain/pick.ts";
import type { StoredJob } from "../ports/job-store.ts";
import { READS, refreshCounts } from "./message-work.ts";
import type { JobPorts } from "./run-jobs.ts";

const SHOWN = [
  "jobId",
  "act",
  "status",
  "ratePerSecond",
  "by",
  "why",
  "startedAt",
  "endedAt",
  "stoppedBecause",
  "abort",
  "total",
  "done",
  "resolved",
  "refused",
  "skipped",
  "failedAgain",
] as const satisfies readonly (keyof StoredJob)[];

export function viewOfJob(job: StoredJob, now: number): JobView {
  const shown = {
    ...pick(job as StoredJob, SHOWN),
    ...(job.status === "RUNNING" ? { isClaimed: isClaimed(job, now) } : {}),
  };
  if (job.act === "republish") return { ...shown, orders: job.orders };
  return { ...shown, ...pick(job, ["filter", "mail", "refusals"]) };
}

type ReadPorts = Pick<JobPorts, "failedMessages" | "jobs" | "clock">;

const EACH = 50;
/** Rows read for one list: enough for all messages in flight of a few large jobs, or of many small ones. */
const LIST_READS = 1_000;

/** One job, with its counts refreshed. Throws a Problem where there is none. */
export function readJob(ports: ReadPorts) {
  return async (jobId: string): Promise<JobView> => {
    const job = await loadJob(ports, jobId);
    const shown = job.act === "republish" ? job : await refreshCounts(ports, job, readsOf(job));
    return viewOfJob(shown, ports.clock.now());
  };
}

/** Throws a Problem where there is no such job. */
export async function loadJob({ jobs }: Pick<ReadPorts, "jobs">, jobId: string): Promise<StoredJob> {
  const job = isJobId(jobId) ? await jobs.get(jobId) : undefined;
  if (job !== undefined) return job;
  throw new Problem("JOB_NOT_FOUND", { detail: `Received the id ${jobId.slice(0, 64)}.` });
}

/**
 * The latest jobs of each status, newest first, with their counts refreshed. The oldest keep the counts of their end
 * where the reads of one list do not suffice.
 */
export function listJobs(ports: ReadPorts) {
  return async (): Promise<JobList> => {
    const lists = await Promise.all(JOB_STATUSES.map((status) => ports.jobs.list(status, EACH)));
    const byId = new Map(lists.flat().map((job) => [job.jobId, job]));
    const latest = [...byId.values()].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
    const jobs: JobView[] = [];
    let left = LIST_READS;
    for (const job of latest) {
      const reads = job.act === "republish" ? 0 : Math.min(readsOf(job), inFlight(job));
      const isRead = job.act !== "republish" && reads <= left;
      const shown = isRead ? await refreshCounts(ports, job, reads) : job;
      jobs.push(viewOfJob(shown, ports.clock.now()));
      left = reads > left ? 0 : left - reads;
    }
    return { jobs };
  };
}

const readsOf = ({ status }: MessageJob): number => (status === "RUNNING" ? READS : Number.POSITIVE_INFINITY);

const inFlight = ({ recent }: MessageJob): number =>
  recent.filter(({ outcome }) => outcome === "in flight").length;
