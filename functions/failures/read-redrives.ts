import { Problem } from "../middleware/problem.ts";
import type { RedriveJob } from "./domain/redrive-job.ts";
import { type JobPorts, LOOKS, lookAfter } from "./run-redrives.ts";
import { type RedriveJobView, viewOfJob } from "./start-redrive.ts";

type ReadPorts = Pick<JobPorts, "failedMessages" | "redriveJobs">;

const STATUSES: readonly RedriveJob["status"][] = ["RUNNING", "STOPPED", "DONE"];
const EACH = 50;
/** Rows that are looked at for one list: all of those under way in a few large jobs, or in many small ones. */
const LIST_LOOKS = 1_000;

/** One job; what came back since it was last saved is counted anew. Throws a Problem where there is none. */
export function readRedrive(ports: ReadPorts) {
  return async (jobId: string): Promise<RedriveJobView> => {
    const job = /^[\w-]{1,64}$/.test(jobId) ? await ports.redriveJobs.get(jobId) : undefined;
    if (job === undefined) {
      throw new Problem("REDRIVE_JOB_NOT_FOUND", { detail: `There is no redrive ${jobId.slice(0, 64)}.` });
    }
    return viewOfJob(await lookAfter(ports, job, looksAt(job)));
  };
}

/**
 * The latest jobs of each status, newest first, counted as each is by itself. Those for which the looks of one list
 * do not reach, the oldest, say what came back until they ended.
 */
export function listRedrives(ports: ReadPorts) {
  return async (): Promise<{ redrives: RedriveJobView[] }> => {
    const lists = await Promise.all(STATUSES.map((status) => ports.redriveJobs.list(status, EACH)));
    const jobs = lists.flat().sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
    const redrives: RedriveJobView[] = [];
    let left = LIST_LOOKS;
    for (const job of jobs) {
      const looks = Math.min(looksAt(job), underWay(job));
      redrives.push(viewOfJob(looks > left ? job : await lookAfter(ports, job, looks)));
      left = looks > left ? 0 : left - looks;
    }
    return { redrives };
  };
}

const looksAt = ({ status }: RedriveJob): number => (status === "RUNNING" ? LOOKS : Number.POSITIVE_INFINITY);

const underWay = ({ recent }: RedriveJob): number => recent.filter(({ fate }) => fate === "under way").length;
