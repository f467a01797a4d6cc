import type { JobStore, StoredJob } from "../../functions/failures/ports/job-store.ts";
import { memoryPut } from "./memory-put.ts";

/** Jobs, in memory. */
export interface MemoryJobStore extends JobStore {
  readonly jobs: Map<string, StoredJob>;
}

export function memoryJobStore(): MemoryJobStore {
  const jobs = new Map<string, StoredJob>();
  return {
    jobs,
    async get(jobId) {
      return jobs.get(jobId);
    },
    async put(job, expectedRevision) {
      return memoryPut(jobs, job.jobId, job, expectedRevision);
    },
    async list(status, limit) {
      return [...jobs.values()]
        .filter((job) => job.status === status)
        .sort((a, b) => (a.dueAt < b.dueAt ? 1 : -1))
        .slice(0, limit);
    },
    async listDue(now, limit) {
      return [...jobs.values()]
        .filter(({ status, dueAt }) => status === "RUNNING" && Date.parse(dueAt) <= now)
        .sort((a, b) => (a.dueAt > b.dueAt ? 1 : -1))
        .slice(0, limit)
        .map(({ jobId }) => jobId);
    },
  };
}
