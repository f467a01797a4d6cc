import type { Job } from "../domain/job.ts";
import type { MessageJob } from "../domain/message-job.ts";
import type { RepublishJob } from "../domain/republish-job.ts";

/** A job as it is stored; `act` distinguishes the two. */
export type StoredJob = MessageJob | RepublishJob;

/** Jobs, stored in the failed-message table. */
export interface JobStore {
  /** MUST reflect every write that was acknowledged before the call. */
  get(jobId: string): Promise<StoredJob | undefined>;
  /**
   * Writes the job if the stored one still has `expectedRevision` (`undefined`: if there is none). Returns false when
   * another writer was first. An attempt of this call whose reply was lost MUST count as its success, recognized by
   * the job's `writeId`.
   */
  put(job: StoredJob, expectedRevision: number | undefined): Promise<boolean>;
  /**
   * Jobs that the index has under a status, up to `limit`, the latest first. The index is eventually consistent, the jobs
   * are not: one that has just ended is listed as RUNNING with its present status, and may be listed twice.
   */
  list(status: Job["status"], limit: number): Promise<readonly StoredJob[]>;
  /**
   * The ids of running jobs with a `dueAt` up to `now` (milliseconds since the epoch), up to `limit`, the longest due
   * first; eventually consistent. Where more are due than run at once, each gets its turn.
   */
  listDue(now: number, limit: number): Promise<readonly string[]>;
}
