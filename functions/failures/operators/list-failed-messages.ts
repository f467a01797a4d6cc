import { CONSUMER_NAMES } from "../../consumers/consumers.ts";
import type { FailedStatus } from "../../contract/failures.ts";
import type {
  FailedList,
  FailedSummary,
  FailureGroup,
  FailureGroups,
} from "../../contract/operator-answers.ts";
import type { FailedFilter, GroupFailed, ListFailed } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { bySize, groupOf, matches, mergeGroups } from "../domain/failure-groups.ts";
import { pick } from "../domain/pick.ts";
import type { FailedMessageStore } from "../ports/failed-message-store.ts";

type ListPorts = { readonly failedMessages: FailedMessageStore };

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

const LIMIT = 50;
/** Pages read for one response, so that a filter that matches few rows ends in time. */
const PAGES = 20;
const PAGE = 500;
/** Rows read for groups. */
const MOST_ROWS = 10_000;
/** Most groups in one response: with the longest errors they stay below Lambda's limit. */
const MOST_GROUPS = 500;

/** Up to `limit` rows, oldest first. A cursor means that there may be more, even where the list is empty. */
export function listFailedMessages({ failedMessages }: ListPorts) {
  return async (query: ListFailed): Promise<FailedList> => {
    const { status = "OPEN", limit = LIMIT, cursor: from, ...filter } = query;
    requireKnownConsumer(filter);
    const items: FailedSummary[] = [];
    let cursor = from;
    for (let read = 0; read < PAGES; read++) {
      // Never more than are missing: the cursor of a page points behind its last row.
      const page = await failedMessages.list(status, {
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

/** Failed messages grouped by cause, the 500 largest groups first. Past 10,000 rows the result is not complete. */
export function groupFailedMessages(ports: ListPorts) {
  return async (query: GroupFailed): Promise<FailureGroups> => {
    const { status = "OPEN", ...filter } = query;
    const groups = new Map<string, FailureGroup>();
    let count = 0;
    for await (const row of matchingRows(ports, filter, status)) {
      if (count === MOST_ROWS) return { groups: largest(groups), isComplete: false };
      count += 1;
      const known = groups.get(row.fingerprint);
      const own = groupOf(row);
      groups.set(row.fingerprint, known === undefined ? own : mergeGroups(known, own));
    }
    return { groups: largest(groups), isComplete: groups.size <= MOST_GROUPS };
  };
}

/** Every row of a status that matches the filter, oldest first. */
export async function* matchingRows(
  { failedMessages }: ListPorts,
  filter: FailedFilter,
  status: FailedStatus = "OPEN",
): AsyncGenerator<FailedMessage> {
  requireKnownConsumer(filter);
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
