import type { FailedFilter, GroupFailed, ListFailed } from "../contract/operator-schemas.ts";
import type { FailedMessage, FailedStatus } from "./domain/failed-message.ts";
import { bySize, type FailureGroup, groupOf, joined, matches } from "./domain/failure-groups.ts";
import { pick } from "./domain/pick.ts";
import type { FailedMessages } from "./ports/failed-message-store.ts";

type ListPorts = { readonly failedMessages: FailedMessages };

const SHOWN = [
  "failedKey",
  "status",
  "consumer",
  "reason",
  "fingerprint",
  "firstAt",
  "lastAt",
  "failures",
  "generation",
  "eventId",
  "eventType",
  "orderId",
  "errorName",
  "errorMessage",
] as const satisfies readonly (keyof FailedMessage)[];

/** A row in a list: enough to choose one, without its body. */
export type FailedSummary = Pick<FailedMessage, (typeof SHOWN)[number]>;

const LIMIT = 50;
/** Looks at the table for one answer, so that a filter that takes few rows ends in time. */
const LOOKS = 20;
const PAGE = 500;
/** Rows that are looked at for groups and totals. */
export const MOST_ROWS = 10_000;

/** Up to `limit` rows, oldest first. With a cursor there may be more, even where the list is empty. */
export function listFailedMessages({ failedMessages }: ListPorts) {
  return async (query: ListFailed): Promise<{ items: FailedSummary[]; cursor?: string }> => {
    const { status = "OPEN", limit = LIMIT, cursor: from, ...filter } = query;
    const items: FailedSummary[] = [];
    let cursor = from;
    for (let look = 0; look < LOOKS; look++) {
      // Never more than are wanted: the cursor of a page stands behind its last row.
      const page = await failedMessages.list(status as FailedStatus, {
        limit: limit - items.length,
        ...(cursor === undefined ? {} : { cursor }),
      });
      items.push(...page.rows.filter((row) => matches(row, filter)).map((row) => pick(row, SHOWN)));
      cursor = page.cursor;
      if (cursor === undefined) return { items };
      if (items.length >= limit) break;
    }
    return cursor === undefined ? { items } : { items, cursor };
  };
}

/** Rows that failed alike, the largest group first. Past 10,000 rows the answer says that it is not complete. */
export function groupFailedMessages(ports: ListPorts) {
  return async (query: GroupFailed): Promise<{ groups: FailureGroup[]; isComplete: boolean }> => {
    const { status = "OPEN", ...filter } = query;
    const groups = new Map<string, FailureGroup>();
    let count = 0;
    for await (const row of matchingRows(ports, filter, status as FailedStatus)) {
      if (count === MOST_ROWS) return { groups: sorted(groups), isComplete: false };
      count += 1;
      const known = groups.get(row.fingerprint);
      const own = groupOf(row);
      groups.set(row.fingerprint, known === undefined ? own : joined(known, own));
    }
    return { groups: sorted(groups), isComplete: true };
  };
}

/** Every row of a status that a filter takes, oldest first. */
export async function* matchingRows(
  { failedMessages }: ListPorts,
  filter: FailedFilter,
  status: FailedStatus = "OPEN",
): AsyncGenerator<FailedMessage> {
  let cursor: string | undefined;
  do {
    const page = await failedMessages.list(status, {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of page.rows) if (matches(row, filter)) yield row;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function sorted(groups: ReadonlyMap<string, FailureGroup>): FailureGroup[] {
  return [...groups.values()].sort(bySize);
}
