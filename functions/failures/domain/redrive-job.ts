import type { FailedFilter } from "../../contract/operator-schemas.ts";
import type { FailedMessage } from "./failed-message.ts";
import { initialFields, type Job } from "./job.ts";

/** A message that a job processed lately, and its outcome so far. */
export interface Recent {
  readonly failedKey: string;
  readonly generation: number;
  readonly outcome: "in flight" | "finished" | "refused" | "failed again";
}

/** The redrive of every message that matches a filter. */
export interface RedriveJob extends Job {
  readonly filter: FailedFilter;
  /** Messages opened later are not part of the job: it redrives none that failed again. */
  readonly startedAt: string;
  /** Matching messages at the start; absent where there were too many to count. */
  readonly total?: number;
  /** Place in the listing of open messages. */
  readonly cursor?: string;
  readonly sent: number;
  readonly resolved: number;
  readonly refused: number;
  /** Sent by the job and open again since, among the latest few hundred. */
  readonly failedAgain: number;
  readonly recent: readonly Recent[];
}

/** The result of one message. `skipped`: the row was written by another act first. */
export type RedriveResult =
  | { readonly kind: "sent" | "refused"; readonly row: Pick<FailedMessage, "failedKey" | "generation"> }
  | { readonly kind: "resolved" | "skipped" };

/**
 * A job stops once `most` of the last `window` messages with a known outcome were refused or failed again: the cause is
 * not fixed.
 */
export const REDRIVE_BREAKER = { window: 50, most: 10 } as const;
/** Three seconds at the highest rate: a message that fails at once has failed by then. */
const IN_FLIGHT = 300;

export function newRedriveJob(
  asked: Pick<RedriveJob, "jobId" | "filter" | "ratePerSecond" | "by" | "why" | "total">,
  now: number,
): RedriveJob {
  return {
    ...asked,
    ...initialFields(asked.jobId, now),
    sent: 0,
    resolved: 0,
    refused: 0,
    failedAgain: 0,
    recent: [],
  };
}

/** The job after it processed some messages. */
export function recordProgress(job: RedriveJob, results: readonly RedriveResult[]): RedriveJob {
  const count = (kind: RedriveResult["kind"]) => results.filter((each) => each.kind === kind).length;
  const fresh = results.flatMap((each): Recent[] =>
    each.kind === "sent" || each.kind === "refused"
      ? [
          {
            failedKey: each.row.failedKey,
            generation: each.row.generation,
            outcome: each.kind === "sent" ? "in flight" : "refused",
          },
        ]
      : [],
  );
  return {
    ...job,
    sent: job.sent + count("sent"),
    resolved: job.resolved + count("resolved"),
    refused: job.refused + count("refused"),
    recent: trimmed([...job.recent, ...fresh]),
  };
}

function trimmed(recent: readonly Recent[]): Recent[] {
  const { known = [], open = [] } = Object.groupBy(recent, ({ outcome }) =>
    outcome === "in flight" ? "open" : "known",
  );
  return [...known.slice(-REDRIVE_BREAKER.window), ...open.slice(-IN_FLIGHT)];
}

/** The job with the outcomes that the rows of its latest messages show; `undefined` is a row that is gone. */
export function updateOutcomes(
  job: RedriveJob,
  rows: ReadonlyMap<string, Pick<FailedMessage, "status" | "generation"> | undefined>,
): RedriveJob {
  const recent = job.recent.map((each) =>
    each.outcome === "in flight" && rows.has(each.failedKey)
      ? { ...each, outcome: outcomeOf(each, rows.get(each.failedKey)) }
      : each,
  );
  const back = (list: readonly Recent[]) => list.filter(({ outcome }) => outcome === "failed again").length;
  return { ...job, recent: trimmed(recent), failedAgain: job.failedAgain + back(recent) - back(job.recent) };
}

function outcomeOf(
  { generation }: Recent,
  row: Pick<FailedMessage, "status" | "generation"> | undefined,
): Recent["outcome"] {
  if (row === undefined) return "finished";
  if (row.generation > generation) return "failed again";
  return row.status === "RESOLVED" || row.status === "DISCARDED" ? "finished" : "in flight";
}

/** Why the job has to stop, if so. */
export function redriveBreakerReason({ recent }: RedriveJob): string | undefined {
  const count = (outcome: Recent["outcome"]) => recent.filter((each) => each.outcome === outcome).length;
  const [refused, back] = [count("refused"), count("failed again")];
  return refused + back >= REDRIVE_BREAKER.most
    ? `of the last ${recent.length - count("in flight")} messages ${refused} were refused and ${back} failed again`
    : undefined;
}
