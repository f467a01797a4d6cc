import type { RepublishJob } from "../../functions/domain/republish-job.ts";
import type { RepublishJobs } from "../../functions/ports/republish-jobs.ts";

/** Jobs that publish events again, in memory. */
export interface MemoryRepublishJobs extends RepublishJobs {
  readonly jobs: Map<string, RepublishJob>;
}

export function memoryRepublishJobs(): MemoryRepublishJobs {
  const jobs = new Map<string, RepublishJob>();
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
