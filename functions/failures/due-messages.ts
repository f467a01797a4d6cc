import type { FailedStatus } from "../contract/failures.ts";
import type { Clock } from "../middleware/clock.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { FailedMessageStore } from "./ports/failed-message-store.ts";

const PAGE = 100;

interface RowPorts {
  readonly failedMessages: FailedMessageStore;
  readonly clock: Clock;
}

/** Pages of the due rows of a status, oldest first, each with its own cursor and the next one. */
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

/** The due rows of a status, oldest first, until the deadline. The caller has to move each out of the status. */
export async function* dueRows(
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
 * Open rows, most of which stay open. The listing continues from the cursor saved under `cursorName`; at its end it
 * starts again with the oldest, once. The cursor is saved before the rows of a page are processed, so that a row that
 * fails each time does not block those behind it. A page that the deadline cuts off is read in the next run.
 */
export async function* openRows(
  ports: RowPorts,
  cursorName: string,
  deadline: number,
): AsyncGenerator<FailedMessage> {
  let saved = await ports.failedMessages.readCursor(cursorName);
  const moveTo = async (next: string | undefined) => {
    if (next !== saved) await ports.failedMessages.saveCursor(cursorName, next);
    saved = next;
  };
  for (const from of saved === undefined ? [undefined] : [saved, undefined]) {
    for await (const { rows, at, next } of pagesOf(ports, "OPEN", from)) {
      await moveTo(next);
      for (const row of rows) {
        if (ports.clock.now() > deadline) return moveTo(at);
        yield row;
      }
    }
  }
}

/** Items in chunks of `size`, to be processed concurrently. */
export async function* chunk<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let current: T[] = [];
  for await (const item of items) {
    current.push(item);
    if (current.length < size) continue;
    yield current;
    current = [];
  }
  if (current.length > 0) yield current;
}
