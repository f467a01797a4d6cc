/** A long act of an operator, stored as a row. Maintenance continues it each minute. */
export interface Job {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
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
  /** Epoch seconds after which an ended job may be deleted. */
  readonly expiresAt?: number;
}

/** Whether a text of a caller may be the id of a job; no other is looked up. */
export function isJobId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}

/** The fields of any job that the API returns. */
export const SHOWN_OF_JOBS = [
  "jobId",
  "status",
  "ratePerSecond",
  "by",
  "why",
  "startedAt",
  "endedAt",
  "stoppedBecause",
] as const satisfies readonly (keyof Job)[];

const RETENTION_SECONDS = 90 * 86_400;

export function initialFields(jobId: string, now: number) {
  const at = new Date(now).toISOString();
  return { status: "RUNNING", revision: 1, writeId: jobId, dueAt: at, startedAt: at } as const;
}

/** The job as DONE or, with a reason, STOPPED. */
export function finishJob<Kind extends Job>(job: Kind, now: number, stoppedBecause?: string): Kind {
  const at = new Date(now).toISOString();
  return {
    ...job,
    status: stoppedBecause === undefined ? "DONE" : "STOPPED",
    dueAt: at,
    endedAt: at,
    ...(stoppedBecause === undefined ? {} : { stoppedBecause }),
    expiresAt: Math.floor(now / 1_000) + RETENTION_SECONDS,
  };
}
