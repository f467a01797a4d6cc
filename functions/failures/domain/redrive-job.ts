import type { FailedFilter } from "../../contract/operator-schemas.ts";
import type { FailedMessage } from "./failed-message.ts";
import { begun, type Job } from "./job.ts";

/** A message that a job dealt with lately, and what is known of it since. */
export interface Recent {
  readonly failedKey: string;
  readonly generation: number;
  readonly fate: "under way" | "well" | "refused" | "came back";
}

/** The redrive of every message that a filter takes, as far as it has got. */
export interface RedriveJob extends Job {
  readonly filter: FailedFilter;
  /** Messages that were opened later are not the job's: what it sent and came back is not sent again. */
  readonly startedAt: string;
  /** Messages at the start; absent where there were too many to count. */
  readonly total?: number;
  /** Where the listing of open messages goes on. */
  readonly cursor?: string;
  readonly sent: number;
  readonly resolved: number;
  readonly refused: number;
  /** Sent by the job and open again since, of those that were looked after: the latest few hundred at a time. */
  readonly cameBack: number;
  readonly recent: readonly Recent[];
}

/** What became of one message. `skipped`: somebody else acted on it first. */
export type Dealt =
  | { readonly kind: "sent" | "refused"; readonly row: Pick<FailedMessage, "failedKey" | "generation"> }
  | { readonly kind: "resolved" | "skipped" };

/**
 * A job is stopped once so many of the last 50 whose fate is known were refused or came back: the cause is not
 * mended.
 */
export const BREAKER = { window: 50, most: 10 } as const;
/** At the highest rate, those of three seconds: what comes back at once has come back by then. */
const UNDER_WAY = 300;

export function newJob(
  asked: Pick<RedriveJob, "jobId" | "filter" | "ratePerSecond" | "by" | "why" | "total">,
  now: number,
): RedriveJob {
  return { ...asked, ...begun(asked.jobId, now), sent: 0, resolved: 0, refused: 0, cameBack: 0, recent: [] };
}

/** The job after it dealt with some messages. */
export function counted(job: RedriveJob, dealt: readonly Dealt[]): RedriveJob {
  const count = (kind: Dealt["kind"]) => dealt.filter((each) => each.kind === kind).length;
  const fresh = dealt.flatMap((each): Recent[] =>
    each.kind === "sent" || each.kind === "refused"
      ? [
          {
            failedKey: each.row.failedKey,
            generation: each.row.generation,
            fate: each.kind === "sent" ? "under way" : "refused",
          },
        ]
      : [],
  );
  return {
    ...job,
    sent: job.sent + count("sent"),
    resolved: job.resolved + count("resolved"),
    refused: job.refused + count("refused"),
    recent: kept([...job.recent, ...fresh]),
  };
}

function kept(recent: readonly Recent[]): Recent[] {
  const { known = [], open = [] } = Object.groupBy(recent, ({ fate }) =>
    fate === "under way" ? "open" : "known",
  );
  return [...known.slice(-BREAKER.window), ...open.slice(-UNDER_WAY)];
}

/** The job with what the rows of its latest messages say by now; `undefined` is a row that is gone. */
export function lookedAfter(
  job: RedriveJob,
  rows: ReadonlyMap<string, Pick<FailedMessage, "status" | "generation"> | undefined>,
): RedriveJob {
  const recent = job.recent.map((each) =>
    each.fate === "under way" && rows.has(each.failedKey)
      ? { ...each, fate: fateOf(each, rows.get(each.failedKey)) }
      : each,
  );
  const back = (list: readonly Recent[]) => list.filter(({ fate }) => fate === "came back").length;
  return { ...job, recent: kept(recent), cameBack: job.cameBack + back(recent) - back(job.recent) };
}

function fateOf(
  { generation }: Recent,
  row: Pick<FailedMessage, "status" | "generation"> | undefined,
): Recent["fate"] {
  if (row === undefined) return "well";
  if (row.generation > generation) return "came back";
  return row.status === "RESOLVED" || row.status === "DISCARDED" ? "well" : "under way";
}

/** Why the job has to stop, if it has to. */
export function breakerSays({ recent }: RedriveJob): string | undefined {
  const count = (fate: Recent["fate"]) => recent.filter((each) => each.fate === fate).length;
  const [refused, back] = [count("refused"), count("came back")];
  return refused + back >= BREAKER.most
    ? `of the last ${recent.length - count("under way")} messages ${refused} were refused and ${back} came back`
    : undefined;
}
