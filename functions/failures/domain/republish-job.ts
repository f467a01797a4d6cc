import type { Status } from "../../contract/schemas.ts";
import { begun, type Job } from "./job.ts";

/** The publishing of the latest event of many orders, as far as it has got. */
export interface RepublishJob extends Job {
  /** The orders that it takes: of this status, and without a transition since `before` (ISO time). */
  readonly orderStatus: Status;
  readonly before: string;
  /** The order behind which the search goes on. */
  readonly after?: string;
  readonly published: number;
  /** Events that the topic refused: each is parked, and published by the minute schedule when the topic is back. */
  readonly refused: number;
  /** What became of the latest. */
  readonly recent: readonly ("published" | "refused")[];
}

/** A job is stopped once so many of its last 50 were refused: the topic is not mended. */
export const REPUBLISH_BREAKER = { window: 50, most: 10 } as const;

export function newRepublishJob(
  asked: Pick<RepublishJob, "jobId" | "orderStatus" | "ratePerSecond" | "by" | "why"> & {
    readonly olderThanSeconds: number;
  },
  now: number,
): RepublishJob {
  const { olderThanSeconds, ...rest } = asked;
  return {
    ...rest,
    ...begun(asked.jobId, now),
    before: new Date(now - olderThanSeconds * 1_000).toISOString(),
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
