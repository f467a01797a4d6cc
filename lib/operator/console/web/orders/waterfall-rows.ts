import type { TimelineEntry } from "../../../observe/view-types.ts";

/** A step of an order: what it waited for, and then took. Times are milliseconds since the epoch. */
export interface WaterfallRow {
  readonly source: string;
  readonly type: string;
  readonly outcome: string;
  readonly attempt: number;
  /** When its message was published, or its earlier attempt ended; absent where that is unknown. */
  readonly readyAt?: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Waterfall {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly WaterfallRow[];
}

/**
 * The steps in their order; undefined without a step. Acts of operators, ignored messages and repetitions of a finished
 * step, such as a replay, are no steps.
 */
export function waterfallOf(entries: readonly TimelineEntry[]): Waterfall | undefined {
  /** The end of the latest step of an event that a later one waits for. */
  const readyAt = new Map<string, number>();
  /** The end of the latest change of the order, which the publisher of its event waits for. */
  let changedAt: number | undefined;
  const finished = new Set<string>();
  const rows = entries.flatMap((entry): WaterfallRow[] => {
    const { at, source, event = "", type = "", outcome, attempt = 1, durationMs = 0 } = entry;
    if (!isStep(entry) || finished.has(`${event} ${source}`)) return [];
    if (!FAILED.includes(outcome)) finished.add(`${event} ${source}`);
    const endedAt = at + durationMs;
    const before =
      readyAt.get(`${event} ${source}`) ??
      readyAt.get(event) ??
      (outcome === "published" ? changedAt : undefined);
    if (outcome === "done") changedAt = endedAt;
    readyAt.set(WAKES_ALL.includes(outcome) ? event : `${event} ${source}`, endedAt);
    const ready = before === undefined ? {} : { readyAt: Math.min(before, at) };
    return [{ source, type, outcome, attempt, ...ready, startedAt: at, endedAt }];
  });
  const [first] = rows;
  if (first === undefined) return undefined;
  const from = Math.min(...rows.map((row) => row.readyAt ?? row.startedAt));
  return { from, to: Math.max(...rows.map(({ endedAt }) => endedAt)), rows };
}

/** After these the event is available to its publisher or its consumers. */
const WAKES_ALL: readonly string[] = ["accepted", "published"];

/** Outcomes after which a step is repeated. */
const FAILED: readonly string[] = ["retry", "park"];

const isStep = ({ outcome, attempt, event }: TimelineEntry): boolean =>
  event !== undefined && outcome !== "ignored" && (attempt !== undefined || outcome === "accepted");
