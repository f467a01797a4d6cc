import type { Status } from "../../contract/order-status.ts";
import { initialFields, type Job } from "./job.ts";

/** Publishes the latest event of many orders. */
export interface RepublishJob extends Job {
  readonly act: "republish";
  /** Selects the orders of this status without a transition since `before` (ISO time). */
  readonly orders: { readonly status: Status; readonly before: string };
  /** Id of the order behind which the search continues. */
  readonly after?: string;
  /** The latest outcomes. */
  readonly recent: readonly ("published" | "refused")[];
}

/** A job stops once `most` of its last `window` events were refused: the topic is not fixed. */
const REPUBLISH_BREAKER = { window: 50, most: 10 } as const;

export function newRepublishJob(
  asked: Pick<RepublishJob, "jobId" | "ratePerSecond" | "by" | "why"> & {
    readonly orders: { readonly status: Status; readonly olderThanSeconds: number };
  },
  now: number,
): RepublishJob {
  const { status, olderThanSeconds } = asked.orders;
  return {
    ...asked,
    ...initialFields(asked.jobId, now),
    act: "republish",
    orders: { status, before: new Date(now - olderThanSeconds * 1_000).toISOString() },
    recent: [],
  };
}

/** The job after some more events; `after` is the order of the last. */
export function recordRepublished(
  job: RepublishJob,
  outcomes: RepublishJob["recent"],
  after: string,
): RepublishJob {
  const count = (kind: RepublishJob["recent"][number]) => outcomes.filter((each) => each === kind).length;
  return {
    ...job,
    after,
    done: job.done + count("published"),
    refused: job.refused + count("refused"),
    recent: [...job.recent, ...outcomes].slice(-REPUBLISH_BREAKER.window),
  };
}

/** Why the job has to stop, if so. */
export function republishBreakerReason({ recent }: RepublishJob): string | undefined {
  const refused = recent.filter((each) => each === "refused").length;
  return refused >= REPUBLISH_BREAKER.most
    ? `the topic refused ${refused} of the last ${recent.length} events`
    : undefined;
}
