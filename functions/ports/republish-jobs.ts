import type { RepublishJob } from "../domain/republish-job.ts";

/** Jobs that publish the latest event of many orders, kept in the failed-message table. */
export interface RepublishJobs {
  /** MUST reflect every write that was acknowledged before the call. */
  get(jobId: string): Promise<RepublishJob | undefined>;
  /**
   * Writes the job if the stored one still has `expectedRevision` (`undefined`: if there is none). Answers false
   * when somebody else wrote first. The job's `writeId` MUST make an attempt whose reply was lost count as this
   * call's own success.
   */
  put(job: RepublishJob, expectedRevision: number | undefined): Promise<boolean>;
  /** Jobs of a status, up to `limit`, the latest first; eventually consistent. */
  list(status: RepublishJob["status"], limit: number): Promise<readonly RepublishJob[]>;
}
