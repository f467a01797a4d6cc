import type { FailedStatus } from "../contract/failures.ts";
import type { Clock } from "../middleware/clock.ts";
import { type ListedMessage, type ListingProgress, placeOf } from "./domain/failed-listing.ts";
import type { FailedMessageStore } from "./ports/failed-message-store.ts";

interface RowPorts {
  readonly failedMessages: FailedMessageStore;
  readonly clock: Clock;
}

/** Processes some rows concurrently. Returns how many of them left their status. */
type Visit = (rows: readonly ListedMessage[]) => Promise<number>;

/** The step that visits all open messages, so that its progress counts them. */
export const COUNTING_STEP = "sweep";

const PAGE = 500;
/** Rows that a step of maintenance reads in one run: a step that takes no time must end as well. */
const MOST_READ = 10_000;
/** Rows visited concurrently: an outage may leave thousands, and maintenance has a minute. */
const AT_ONCE = 10;

/**
 * Visits the due rows of a status, oldest first. The visit has to move each out of the status. One that fails stops no
 * other; the first error is thrown at the end.
 */
export async function visitDueRows(
  { failedMessages, clock }: RowPorts,
  status: FailedStatus,
  deadline: number,
  visit: Visit,
): Promise<void> {
  const dueBefore = new Date(clock.now()).toISOString();
  const visits = visitor(clock, deadline, visit);
  let cursor: string | undefined;
  let left = MOST_READ;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await failedMessages.list(status, { dueBefore, limit: Math.min(PAGE, left), ...from });
    await visits.rows(page.rows);
    left -= page.rows.length;
    cursor = page.cursor;
  } while (cursor !== undefined && left > 0 && clock.now() <= deadline);
  visits.throwFirst();
}

/** A step of maintenance that visits open rows. */
interface OpenRowsStep {
  /** The name of its progress. */
  readonly name: string;
  /** Rows that one run visits at most. */
  readonly most?: number;
  /** Only rows of publishers. Absent: all. */
  readonly of?: "publishers";
}

/**
 * Visits open rows, most of which stay open, and counts them. A run continues where the run before ended; at the end of
 * the listing it begins again with the oldest, once. A visit that fails stops no other; the first error is thrown at the
 * end. The progress is saved before the rows of a page are visited, so that one that ends the process does not block
 * those behind its page. Rows that the deadline cuts off are visited in the next run.
 */
export async function visitOpenRows(
  { failedMessages, clock }: RowPorts,
  { name, most = MOST_READ, of }: OpenRowsStep,
  deadline: number,
  visit: Visit,
): Promise<ListingProgress> {
  let progress: ListingProgress = (await failedMessages.readProgress(name)) ?? { counted: 0 };
  let saved = JSON.stringify(progress);
  const save = async (next: ListingProgress) => {
    const text = JSON.stringify(next);
    if (text !== saved) await failedMessages.saveProgress(name, next);
    saved = text;
  };
  const visits = visitor(clock, deadline, visit);
  let isWhole = progress.cursor === undefined;
  for (let left = most; left > 0 && clock.now() <= deadline; ) {
    const { cursor, counted, at, open } = progress;
    const page = await failedMessages.list("OPEN", {
      limit: Math.min(PAGE, left),
      ...(of && { of }),
      ...(cursor !== undefined && { cursor }),
    });
    if (page.cursor !== cursor)
      await save({ cursor: page.cursor, counted: counted + page.rows.length, at, open });
    const { visited, gone } = await visits.rows(page.rows);
    left -= visited;
    const isCutOff = visited < page.rows.length;
    const last = page.rows[visited - 1];
    const cutOffAt = last === undefined ? cursor : placeOf(last);
    const next = isCutOff ? cutOffAt : page.cursor;
    progress = { cursor: next, counted: counted + visited - gone, at, open };
    if (isCutOff) break;
    if (next !== undefined) continue;
    progress = { counted: 0, at, open: { count: progress.counted, isExact: isWhole } };
    if (isWhole) break;
    isWhole = true;
  }
  progress = { ...progress, at: new Date(clock.now()).toISOString() };
  await save(progress);
  visits.throwFirst();
  return progress;
}

function visitor(clock: Clock, deadline: number, visit: Visit) {
  const failures: unknown[] = [];
  return {
    /** Visits rows in chunks until the deadline. Returns how many were visited, and how many of these left their status. */
    async rows(rows: readonly ListedMessage[]): Promise<{ readonly visited: number; readonly gone: number }> {
      let gone = 0;
      for (let at = 0; at < rows.length; at += AT_ONCE) {
        if (clock.now() > deadline) return { visited: at, gone };
        gone += await visit(rows.slice(at, at + AT_ONCE)).catch((error: unknown) => {
          failures.push(error);
          return 0;
        });
      }
      return { visited: rows.length, gone };
    },
    throwFirst(): void {
      if (failures.length > 0) throw failures[0];
    },
  };
}
