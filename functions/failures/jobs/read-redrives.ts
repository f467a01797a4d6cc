import { Problem } from "../../middleware/problem.ts";
import { isJobId } from "../domain/job.ts";
import type { RedriveJob } from "../domain/redrive-job.ts";
import { READS, type RedrivePorts, refreshCounts } from "./run-redrives.ts";
import { type RedriveJobView, viewOfJob } from "./start-redrive.ts";

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
  return async (): Promise<{ redrives: RedriveJobView[] }> => {
    const lists = await Promise.all(STATUSES.map((status) => ports.redriveJobs.list(status, EACH)));
    const jobs = lists.flat().sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
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
