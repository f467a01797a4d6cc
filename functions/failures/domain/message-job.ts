import type { MailDecision, MessageAct } from "../../contract/failures.ts";
import type { FailedFilter } from "../../contract/operator-schemas.ts";
import type { FailedMessage } from "./failed-message.ts";
import { initialFields, type Job } from "./job.ts";

/** A failed message as it was read; a job leaves one that was opened again since. */
export type MessageRef = Pick<FailedMessage, "failedKey" | "generation">;

/** A message that a redrive processed lately, and its outcome so far. */
export interface Recent extends MessageRef {
  readonly outcome: "in flight" | "finished" | "refused" | "failed again";
}

/** One act on every message that matches a filter, or on named messages. */
export interface MessageJob extends Job {
  readonly act: MessageAct;
  /**
   * Absent where the messages are named. Messages that came into their status after the start are not part of the job:
   * it redrives none that failed again.
   */
  readonly filter?: FailedFilter;
  /** Of a redrive: the operator's decision on the mail of every message. */
  readonly mail?: MailDecision;
  /** Place in the listing behind `next`; absent at its start and at its end. */
  readonly cursor?: string;
  /** The listing is at its end. */
  readonly isListed: boolean;
  /** The next messages. They are stored before the first is processed, so that a crash loses none from the counts. */
  readonly next: readonly MessageRef[];
  readonly recent: readonly Recent[];
  /** Why messages were refused: the first few different reasons. */
  readonly refusals?: readonly Refusal[];
}

export interface Refusal {
  readonly because: string;
  readonly count: number;
}

/**
 * The result of one message. `skipped`: the row was written by another act first. `counted`: an earlier result of this job
 * counts, because a clock behind its start opened the message again.
 */
export type MessageResult = ActResult & { readonly message: MessageRef };

export type ActResult =
  | { readonly kind: "done" | "resolved" | "skipped" | "counted" }
  | { readonly kind: "refused"; readonly because: string };

/**
 * A job stops once `most` of the last `window` messages with a known outcome were refused or failed again: the cause is
 * not fixed.
 */
const REDRIVE_BREAKER = { window: 50, most: 10 } as const;
/** Three seconds at the highest rate: a message that fails at once has failed by then. */
const IN_FLIGHT = 300;
const MOST_REASONS = 5;

export function newMessageJob(
  asked: Pick<MessageJob, "jobId" | "act" | "filter" | "mail" | "ratePerSecond" | "by" | "why" | "total"> & {
    readonly messages?: readonly MessageRef[];
  },
  now: number,
): MessageJob {
  const { messages, ...rest } = asked;
  return {
    ...rest,
    ...initialFields(asked.jobId, now),
    isListed: messages !== undefined,
    next: messages ?? [],
    recent: [],
  };
}

/** The job with a page of its listing as the next messages. */
export function withPage(job: MessageJob, messages: readonly MessageRef[], cursor?: string): MessageJob {
  const { cursor: _, ...rest } = job;
  const next = messages.map(({ failedKey, generation }) => ({ failedKey, generation }));
  return cursor === undefined ? { ...rest, next, isListed: true } : { ...rest, next, cursor };
}

/** The job after it processed the first of its next messages. */
export function recordProgress(job: MessageJob, results: readonly MessageResult[]): MessageJob {
  const count = (kind: MessageResult["kind"]) => results.filter((each) => each.kind === kind).length;
  const fresh = results.flatMap(({ kind, message: { failedKey, generation } }): Recent[] =>
    kind === "done" || kind === "refused"
      ? [{ failedKey, generation, outcome: kind === "done" ? "in flight" : "refused" }]
      : [],
  );
  return {
    ...job,
    next: job.next.slice(results.length),
    done: job.done + count("done"),
    resolved: job.resolved + count("resolved"),
    refused: job.refused + count("refused"),
    skipped: job.skipped + count("skipped"),
    // Only a redrive is followed: a discard and its undo are final.
    ...(job.act === "redrive" ? { recent: trimmed([...job.recent, ...fresh]) } : {}),
    ...withRefusals(job, results),
  };
}

function withRefusals(
  { refusals = [] }: MessageJob,
  results: readonly MessageResult[],
): Pick<MessageJob, "refusals"> {
  const counts = new Map(refusals.map(({ because, count }) => [because, count]));
  for (const result of results) {
    if (result.kind !== "refused") continue;
    const because = result.because.slice(0, 500);
    if (counts.has(because) || counts.size < MOST_REASONS)
      counts.set(because, (counts.get(because) ?? 0) + 1);
  }
  return counts.size === 0 ? {} : { refusals: [...counts].map(([because, count]) => ({ because, count })) };
}

function trimmed(recent: readonly Recent[]): Recent[] {
  const { known = [], open = [] } = Object.groupBy(recent, ({ outcome }) =>
    outcome === "in flight" ? "open" : "known",
  );
  return [...known.slice(-REDRIVE_BREAKER.window), ...open.slice(-IN_FLIGHT)];
}

/** The job with the outcomes that the rows of its latest messages show; `undefined` is a row that is gone. */
export function updateOutcomes(
  job: MessageJob,
  rows: ReadonlyMap<string, Pick<FailedMessage, "status" | "generation"> | undefined>,
): MessageJob {
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
export function redriveBreakerReason({ recent }: MessageJob): string | undefined {
  const count = (outcome: Recent["outcome"]) => recent.filter((each) => each.outcome === outcome).length;
  const [refused, back] = [count("refused"), count("failed again")];
  return refused + back >= REDRIVE_BREAKER.most
    ? `of the last ${recent.length - count("in flight")} messages ${refused} were refused and ${back} failed again`
    : undefined;
}
