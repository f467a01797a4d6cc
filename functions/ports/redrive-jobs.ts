import type { RedriveJob } from "../domain/redrive-job.ts";

/** Redrives of many messages, kept in the failed-message table. */
export interface RedriveJobs {
  /** MUST reflect every write that was acknowledged before the call. */
  get(jobId: string): Promise<RedriveJob | undefined>;
  /**
   * Writes the job if the stored one still has `expectedRevision` (`undefined`: if there is none). Answers false
   * when somebody else wrote first. The job's `writeId` MUST make an attempt whose reply was lost count as this
   * call's own success.
   */
  put(job: RedriveJob, expectedRevision: number | undefined): Promise<boolean>;
  /** Jobs of a status, up to `limit`, the latest first; eventually consistent. */
  list(status: RedriveJob["status"], limit: number): Promise<readonly RedriveJob[]>;
}
