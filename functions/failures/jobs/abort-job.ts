import type { JobView } from "../../contract/operator-answers.ts";
import type { AbortJob } from "../../contract/operator-schemas.ts";
import { abortJob, isClaimed } from "../domain/job.ts";
import { loadJob, viewOfJob } from "./read-jobs.ts";
import type { JobPorts } from "./run-jobs.ts";

/** A function that runs a job saves it each second. */
const ABORT_MS = 5_000;
const LOOK_EVERY_MS = 200;

/**
 * Ends a running job: at once where no function runs it, else at its next save, for which this waits. Idempotent; a job
 * that has ended is returned as it is. Throws a Problem where there is none.
 */
export function abortRunningJob(ports: JobPorts) {
  return async (jobId: string, { why }: AbortJob, by: string): Promise<JobView> => {
    const { clock, jobs } = ports;
    const deadline = clock.now() + ABORT_MS;
    for (;;) {
      const job = await loadJob(ports, jobId);
      const now = clock.now();
      if (job.status !== "RUNNING" || now >= deadline) return viewOfJob(job, now);
      if (job.abort === undefined) {
        const abort = { at: new Date(now).toISOString(), by, why };
        const requested = isClaimed(job, now) ? { ...job, abort } : abortJob(job, now, abort);
        const next = { ...requested, revision: job.revision + 1, writeId: ports.newId() };
        const isWritten = await jobs.put(next, job.revision);
        if (isWritten) ports.audit({ act: "abort", jobId, by, why });
        // Another writer was first: read what it wrote.
        if (isWritten && next.status === "RUNNING") await clock.sleep(LOOK_EVERY_MS);
      } else await clock.sleep(LOOK_EVERY_MS);
    }
  };
}
