import type { JobAct, JobStatus } from "../../contract/failures.ts";
import { PATTERNS } from "../../contract/patterns.ts";

/** An act of an operator on many messages or orders, stored as a row. Maintenance continues it each minute. */
export interface Job {
  readonly jobId: string;
  readonly act: JobAct;
  readonly status: JobStatus;
  /** +1 with each write; writes are conditional on it. */
  readonly revision: number;
  readonly writeId: string;
  /** ISO time from which the job may be claimed; the function that runs it moves it ahead. */
  readonly dueAt: string;
  readonly ratePerSecond: number;
  readonly by: string;
  readonly why: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly stoppedBecause?: string;
  /** The request of an operator to end the job. The function that runs it ends it at its next save. */
  readonly abort?: Abort;
  /** Matching messages at the start; absent where they were not counted. */
  readonly total?: number;
  /** Messages sent, discarded or reopened; events published. */
  readonly done: number;
  readonly resolved: number;
  readonly refused: number;
  /** Written by another act before the job came to them. */
  readonly skipped: number;
  /** Sent by the job and open again since, among the latest few hundred. */
  readonly failedAgain: number;
  /** Epoch seconds after which an ended job may be deleted. */
  readonly expiresAt?: number;
}

export interface Abort {
  readonly at: string;
  readonly by: string;
  readonly why: string;
}

const JOB_ID = new RegExp(PATTERNS.jobId.pattern);

/** Whether a text of a caller may be the id of a job; no other is looked up. */
export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}

const RETENTION_SECONDS = 90 * 86_400;

export function initialFields(jobId: string, now: number) {
  const at = new Date(now).toISOString();
  const counts = { done: 0, resolved: 0, refused: 0, skipped: 0, failedAgain: 0 };
  return { status: "RUNNING", revision: 1, writeId: jobId, dueAt: at, startedAt: at, ...counts } as const;
}

/** The job as DONE or, with a reason, STOPPED. */
export function finishJob<Kind extends Job>(job: Kind, now: number, stoppedBecause?: string): Kind {
  const at = new Date(now).toISOString();
  return {
    ...job,
    ...(stoppedBecause === undefined ? { status: "DONE" } : { status: "STOPPED", stoppedBecause }),
    dueAt: at,
    endedAt: at,
    expiresAt: Math.floor(now / 1_000) + RETENTION_SECONDS,
  };
}

/** The job as an operator ended it. */
export function abortJob<Kind extends Job>(job: Kind, now: number, abort: Abort): Kind {
  return { ...finishJob(job, now), status: "ABORTED", abort };
}

/** Whether a function may run the job now: it has claimed it, and not ended or released it. */
export function isClaimed({ dueAt }: Job, now: number): boolean {
  return Date.parse(dueAt) > now;
}
