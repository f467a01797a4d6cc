import { JOB_ACTS, type JobAct } from "../../contract/failures.ts";
import { isClaimed } from "../domain/job.ts";
import type { ActPorts } from "../operator-ports.ts";
import type { StoredJob } from "../ports/job-store.ts";
import { messageWork } from "./message-work.ts";
import { type RepublishPorts, republishWork } from "./republish-work.ts";
import { type JobStorePorts, runSlice } from "./run-slice.ts";

export type JobPorts = JobStorePorts & ActPorts & RepublishPorts;

/** Jobs run concurrently: each mostly waits, to keep its rate. */
const AT_ONCE = 10;

/** Runs a job until its end or the deadline; see runSlice. */
export function runJob(ports: JobPorts, job: StoredJob, deadline: number): Promise<StoredJob> {
  return job.act === "republish"
    ? runSlice(ports, republishWork(ports), job, deadline)
    : runSlice(ports, messageWork(ports), job, deadline);
}

/** What the jobs of each act did. */
export type JobTotals = Record<JobAct | `${JobAct}Refused`, number>;

/**
 * Runs the jobs that are due longest, concurrently until the deadline, each at its own rate; the next minute continues.
 * Returns what they did. Rejects with the first error once all have ended, because work in progress is lost when a
 * function returns.
 */
export function runJobs(ports: JobPorts) {
  return async (deadline: number): Promise<JobTotals> => {
    const { jobs, clock } = ports;
    const totals = Object.fromEntries(
      JOB_ACTS.flatMap((act) => [
        [act, 0],
        [`${act}Refused`, 0],
      ]),
    ) as JobTotals;
    const due = await jobs.listDue(clock.now(), AT_ONCE);
    const ends = await Promise.allSettled(
      due.map(async (jobId) => {
        // The listing is eventually consistent.
        const before = await jobs.get(jobId);
        if (before?.status !== "RUNNING" || isClaimed(before, clock.now())) return;
        const after = await runJob(ports, before, deadline);
        totals[after.act] += after.done - before.done;
        totals[`${after.act}Refused`] += after.refused - before.refused;
      }),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return totals;
  };
}
