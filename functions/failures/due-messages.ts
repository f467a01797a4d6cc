import type { Clock } from "../middleware/clock.ts";
import type { FailedMessage, FailedStatus } from "./domain/failed-message.ts";
import type { FailedMessages } from "./ports/failed-message-store.ts";

const PAGE = 100;

interface RowPorts {
  readonly failedMessages: FailedMessages;
  readonly clock: Clock;
}

/** The rows of a status that are due by now, the oldest first, behind `cursor`; with each page where the next begins. */
async function* pagesOf(
  { failedMessages, clock }: RowPorts,
  status: FailedStatus,
  from?: string,
): AsyncGenerator<{ readonly rows: readonly FailedMessage[]; readonly at?: string; readonly next?: string }> {
  const dueBefore = new Date(clock.now()).toISOString();
  let at = from;
  do {
    const here = at === undefined ? {} : { cursor: at };
    const { rows, cursor: next } = await failedMessages.list(status, { dueBefore, limit: PAGE, ...here });
    yield { rows, ...(at === undefined ? {} : { at }), ...(next === undefined ? {} : { next }) };
    at = next;
  } while (at !== undefined);
}

/** The rows of a status that are due, the oldest first, until the deadline. Each has to leave the status. */
export async function* dueMessages(
  ports: RowPorts,
  status: FailedStatus,
  deadline: number,
): AsyncGenerator<FailedMessage> {
  for await (const { rows } of pagesOf(ports, status)) {
    for (const row of rows) {
      if (ports.clock.now() > deadline) return;
      yield row;
    }
  }
}

/**
 * Open rows, most of which stay open: a walk goes on where the one before it got to, and begins again with the
 * oldest where it comes to the end, once at most. Its place is moved on before the rows of a page are worked on, so
 * that one which fails each time holds up nobody behind it; what the deadline leaves of a page is the next walk's.
 */
export async function* openMessages(
  ports: RowPorts,
  walk: string,
  deadline: number,
): AsyncGenerator<FailedMessage> {
  let place = await ports.failedMessages.readCursor(walk);
  const moveTo = async (next: string | undefined) => {
    if (next !== place) await ports.failedMessages.saveCursor(walk, next);
    place = next;
  };
  for (const from of place === undefined ? [undefined] : [place, undefined]) {
    for await (const { rows, at, next } of pagesOf(ports, "OPEN", from)) {
      await moveTo(next);
      for (const row of rows) {
        if (ports.clock.now() > deadline) return moveTo(at);
        yield row;
      }
    }
  }
}

/** Items in groups of `size`, the last one smaller, to be worked on side by side. */
export async function* groupsOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
