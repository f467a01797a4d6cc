import { CONSUMER_NAMES } from "../../consumers/consumers.ts";
import type { FailedStatus } from "../../contract/failures.ts";
import type { FailedList, FailureGroup, FailureGroups } from "../../contract/operator-answers.ts";
import type { FailedFilter, GroupFailed, ListFailed } from "../../contract/operator-schemas.ts";
import type { Clock } from "../../middleware/clock.ts";
import { Problem } from "../../middleware/problem.ts";
import { type ListedMessage, placeOf } from "../domain/failed-listing.ts";
import { bySize, groupOf, matches, mergeGroups } from "../domain/failure-groups.ts";
import { pick } from "../domain/pick.ts";
import type { FailedMessageStore, ListedPage } from "../ports/failed-message-store.ts";

export interface ListPorts {
  readonly failedMessages: FailedMessageStore;
  readonly clock: Clock;
}

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
] as const satisfies readonly (keyof ListedMessage)[];

const LIMIT = 50;
const PAGE = 500;
/** Rows for groups. */
const MOST_ROWS = 10_000;
/** The function has ten seconds. */
const READ_MS = 5_000;
/** Most groups in one response: with the longest errors they stay below Lambda's limit. */
const MOST_GROUPS = 500;

/** Up to `limit` rows, oldest first. A cursor means that there may be more, even where the list is empty. */
export function listFailedMessages(ports: ListPorts) {
  return async (query: ListFailed): Promise<FailedList> => {
    const { status = "OPEN", limit = LIMIT, cursor: from, ...filter } = query;
    const until = ports.clock.now() + READ_MS;
    const found: ListedMessage[] = [];
    const answer = (cursor?: string): FailedList => {
      const items = found.slice(0, limit).map((row) => pick(row, SHOWN));
      return cursor === undefined ? { items } : { items, cursor };
    };
    const pageSize = Object.keys(filter).length === 0 ? limit : PAGE;
    for await (const { rows, cursor } of matchingPages(ports, filter, { status, pageSize, from })) {
      found.push(...rows);
      const last = found[limit - 1];
      if (last !== undefined && (found.length > limit || cursor !== undefined)) return answer(placeOf(last));
      if (ports.clock.now() > until) return answer(cursor);
    }
    return answer();
  };
}

/**
 * Failed messages grouped by cause, the 500 largest groups first. Past 10,000 messages, or after five seconds, the result
 * is not complete.
 */
export function groupFailedMessages(ports: ListPorts) {
  return async (query: GroupFailed): Promise<FailureGroups> => {
    const { status = "OPEN", ...filter } = query;
    const until = ports.clock.now() + READ_MS;
    const groups = new Map<string, FailureGroup>();
    let count = 0;
    let isComplete = true;
    for await (const { rows, cursor } of matchingPages(ports, filter, { status })) {
      for (const row of rows) {
        const known = groups.get(row.fingerprint);
        const own = groupOf(row);
        groups.set(row.fingerprint, known === undefined ? own : mergeGroups(known, own));
      }
      count += rows.length;
      isComplete = cursor === undefined;
      if (count >= MOST_ROWS || ports.clock.now() > until) break;
    }
    return { groups: largest(groups), isComplete: isComplete && groups.size <= MOST_GROUPS };
  };
}

/**
 * The rows of a status that match the filter, oldest first, in the pages that were read for them: some hold none. The
 * cursor is that of the listing behind the page. The caller ends the reading in time.
 */
export async function* matchingPages(
  { failedMessages }: Pick<ListPorts, "failedMessages">,
  filter: FailedFilter,
  options: {
    readonly status?: FailedStatus;
    readonly pageSize?: number;
    readonly from?: string | undefined;
  } = {},
): AsyncGenerator<ListedPage> {
  requireKnownConsumer(filter);
  const { status = "OPEN", pageSize: limit = PAGE, from } = options;
  let at = from;
  do {
    const page = await failedMessages.list(status, { limit, ...(at === undefined ? {} : { cursor: at }) });
    yield { ...page, rows: page.rows.filter((row) => matches(row, filter)) };
    at = page.cursor;
  } while (at !== undefined);
}

/** Throws a Problem for a name that is no consumer's: an empty answer would read as "nothing failed". */
export function requireKnownConsumer({ consumer }: FailedFilter): void {
  if (consumer === undefined || CONSUMER_NAMES.some((known) => known === consumer)) return;
  throw new Problem("INVALID_REQUEST", {
    detail: `There is no consumer ${consumer}; there are ${CONSUMER_NAMES.join(", ")}.`,
    pointer: "/consumer",
  });
}

function largest(groups: ReadonlyMap<string, FailureGroup>): FailureGroup[] {
  return [...groups.values()].sort(bySize).slice(0, MOST_GROUPS);
}
