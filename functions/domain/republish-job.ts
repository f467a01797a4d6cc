import type { Status } from "../contract/schemas.ts";

/** The publishing of the latest event of many orders, as far as it has got. */
export interface RepublishJob {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  /** +1 with each write; writes are conditional on it. */
  readonly revision: number;
  readonly writeId: string;
  /** ISO time from which on somebody may take the job up; whoever works on it moves it ahead. */
  readonly dueAt: string;
  /** The orders that it takes: of this status, and without a transition since `before` (ISO time). */
  readonly orderStatus: Status;
  readonly before: string;
  readonly ratePerSecond: number;
  readonly by: string;
  readonly why: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The order behind which the search goes on. */
  readonly after?: string;
  /** Orders that were looked at, whatever their status. */
  readonly looked: number;
  readonly published: number;
  /** Events that the topic refused: each is parked, and published by the minute schedule when the topic is back. */
  readonly refused: number;
  /** What became of the latest. */
  readonly recent: readonly ("published" | "refused")[];
  readonly stoppedBecause?: string;
  /** Epoch seconds after which an ended job may be deleted. */
  readonly expiresAt?: number;
}

/** A job is stopped once so many of its last 50 were refused: the topic is not mended. */
export const REPUBLISH_BREAKER = { window: 50, most: 10 } as const;
const RETENTION_SECONDS = 90 * 86_400;

export function newRepublishJob(
  asked: Pick<RepublishJob, "jobId" | "orderStatus" | "ratePerSecond" | "by" | "why"> & {
    readonly olderThanSeconds: number;
  },
  now: number,
): RepublishJob {
  const { olderThanSeconds, ...rest } = asked;
  const at = new Date(now).toISOString();
  return {
    ...rest,
    status: "RUNNING",
    revision: 1,
    writeId: asked.jobId,
    dueAt: at,
    startedAt: at,
    before: new Date(now - olderThanSeconds * 1_000).toISOString(),
    looked: 0,
    published: 0,
    refused: 0,
    recent: [],
  };
}

/** The job after some more events, the last of them of the order `after`. */
export function republished(
  job: RepublishJob,
  outcomes: RepublishJob["recent"],
  after: string,
): RepublishJob {
  const count = (kind: RepublishJob["recent"][number]) => outcomes.filter((each) => each === kind).length;
  return {
    ...job,
    after,
    published: job.published + count("published"),
    refused: job.refused + count("refused"),
    recent: [...job.recent, ...outcomes].slice(-REPUBLISH_BREAKER.window),
  };
}

/** Why the job has to stop, if it has to. */
export function republishBreakerSays({ recent }: RepublishJob): string | undefined {
  const refused = recent.filter((each) => each === "refused").length;
  return refused >= REPUBLISH_BREAKER.most
    ? `the topic refused ${refused} of the last ${recent.length} events`
    : undefined;
}

export function republishEnded(job: RepublishJob, now: number, stoppedBecause?: string): RepublishJob {
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
