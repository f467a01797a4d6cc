import type { Job } from "../domain/job.ts";

/** Jobs of one kind, stored in the failed-message table. */
export interface Jobs<Kind extends Job> {
  /** MUST reflect every write that was acknowledged before the call. */
  get(jobId: string): Promise<Kind | undefined>;
  /**
   * Writes the job if the stored one still has `expectedRevision` (`undefined`: if there is none). Returns false when
   * another writer was first. An attempt of this call whose reply was lost MUST count as its success, recognized by
   * the job's `writeId`.
   */
  put(job: Kind, expectedRevision: number | undefined): Promise<boolean>;
  /**
   * Jobs that the index has under a status, up to `limit`, the latest first. The index is eventually consistent, the jobs
   * are not: one that has just ended is listed as RUNNING with its present status, and may be listed twice.
   */
  list(status: Job["status"], limit: number): Promise<readonly Kind[]>;
  /**
   * The ids of running jobs with a `dueAt` up to `now` (milliseconds since the epoch), up to `limit`, the longest due
   * first; eventually consistent. Where more are due than run at once, each gets its turn.
   */
  listDue(now: number, limit: number): Promise<readonly string[]>;
}
