import type { Job } from "../domain/job.ts";

/** Jobs of one kind, kept in the failed-message table. */
export interface Jobs<Kind extends Job> {
  /** MUST reflect every write that was acknowledged before the call. */
  get(jobId: string): Promise<Kind | undefined>;
  /**
   * Writes the job if the stored one still has `expectedRevision` (`undefined`: if there is none). Answers false
   * when somebody else wrote first. The job's `writeId` MUST make an attempt whose reply was lost count as this
   * call's own success.
   */
  put(job: Kind, expectedRevision: number | undefined): Promise<boolean>;
  /** Jobs of a status, up to `limit`, the latest first; eventually consistent. */
  list(status: Job["status"], limit: number): Promise<readonly Kind[]>;
}
