/** What every long act of an operator has: it is a row, and the minute schedule goes on with it. */
export interface Job {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  /** +1 with each write; writes are conditional on it. */
  readonly revision: number;
  readonly writeId: string;
  /** ISO time from which on somebody may take the job up; whoever works on it moves it ahead. */
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

/** What operators are told of a job of any kind. */
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

/** The fields of `Job` that a new one begins with. */
export function begun(jobId: string, now: number) {
  const at = new Date(now).toISOString();
  return { status: "RUNNING", revision: 1, writeId: jobId, dueAt: at, startedAt: at } as const;
}

/** The job when there is nothing left to do, or when it is stopped. */
export function ended<Ended extends Job>(job: Ended, now: number, stoppedBecause?: string): Ended {
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
