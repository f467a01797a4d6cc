import type { RedriveJob } from "../../functions/domain/redrive-job.ts";
import type { RedriveJobs } from "../../functions/ports/redrive-jobs.ts";

/** Redrives of many messages, in memory. */
export interface MemoryRedriveJobs extends RedriveJobs {
  readonly jobs: Map<string, RedriveJob>;
}

export function memoryRedriveJobs(): MemoryRedriveJobs {
  const jobs = new Map<string, RedriveJob>();
  return {
    jobs,
    async get(jobId) {
      return jobs.get(jobId);
    },
    async put(job, expectedRevision) {
      const current = jobs.get(job.jobId);
      if (current?.revision !== expectedRevision) return current?.writeId === job.writeId;
      jobs.set(job.jobId, job);
      return true;
    },
    async list(status, limit) {
      return [...jobs.values()]
        .filter((job) => job.status === status)
        .sort((a, b) => (a.dueAt < b.dueAt ? 1 : -1))
        .slice(0, limit);
    },
  };
}
