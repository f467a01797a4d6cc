import { Problem } from "../domain/problem.ts";
import type { RedriveJob } from "../domain/redrive-job.ts";
import { type JobPorts, LOOKS, lookAfter } from "./run-redrives.ts";
import { type RedriveJobView, viewOfJob } from "./start-redrive.ts";

type ReadPorts = Pick<JobPorts, "failedMessages" | "redriveJobs">;

const STATUSES: readonly RedriveJob["status"][] = ["RUNNING", "STOPPED", "DONE"];
const EACH = 50;

/** One job; what came back since it was last saved is counted anew. Throws a Problem where there is none. */
export function readRedrive(ports: ReadPorts) {
  return async (jobId: string): Promise<RedriveJobView> => {
    const job = /^[\w-]{1,64}$/.test(jobId) ? await ports.redriveJobs.get(jobId) : undefined;
    if (job === undefined) {
      throw new Problem("REDRIVE_JOB_NOT_FOUND", { detail: `There is no redrive ${jobId.slice(0, 64)}.` });
    }
    return viewOfJob(await lookAfter(ports, job, job.status === "RUNNING" ? LOOKS : undefined));
  };
}

/** Jobs that run, then those that were stopped, then those that are done; the latest of each. */
export function listRedrives(ports: ReadPorts) {
  return async (): Promise<{ redrives: RedriveJobView[] }> => {
    const lists = await Promise.all(STATUSES.map((status) => ports.redriveJobs.list(status, EACH)));
    return { redrives: lists.flat().map(viewOfJob) };
  };
}
