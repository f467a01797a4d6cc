import { CONSUMER_NAMES } from "../../consumers/consumers.ts";
import { FAILED_LISTING, failedKeyOfEvent } from "../../contract/failures.ts";
import type {
  FailedList,
  FailedSummary,
  FailureGroup,
  FailureGroups,
} from "../../contract/operator-answers.ts";
import type { GroupFailed, ListFailed } from "../../contract/operator-schemas.ts";
import type { Clock } from "../../middleware/clock.ts";
import {
  type ListedMessage,
  type ListOrder,
  matches,
  type OpenCount,
  openCountOf,
  placeOf,
} from "../domain/failed-listing.ts";
import { bySize, groupOf, mergeGroups } from "../domain/failure-groups.ts";
import { pick } from "../domain/pick.ts";
import { MATCHING_PAGE, matchingPages, requireKnownConsumer } from "../matching-messages.ts";
import type { FailedMessageStore } from "../ports/failed-message-store.ts";
import { COUNTING_STEP } from "../visit-rows.ts";
import { searchMessages } from "./search-messages.ts";

export interface ListPorts {
  readonly failedMessages: FailedMessageStore;
  readonly clock: Clock;
}

/** The fields of a listed message in an answer: never its body, which a row that was found by its key has too. */
const SUMMARY = [
  "failedKey",
  "status",
  "dueAt",
  ...FAILED_LISTING.projected.filter((name) => name !== "jobId"),
] as const;

const LIMIT = 50;
/** Rows for groups. */
const MOST_ROWS = 10_000;
/** The function has ten seconds. */
const READ_MS = 5_000;
/** Rows read whole for one answer to a search. */
const MOST_BODIES = 2_000;
/** Most groups in one response: with the longest errors they stay below Lambda's limit. */
const MOST_GROUPS = 500;

/** Places before and behind all others. */
const BEGINNING = { oldest: "0000-01-01T00:00:00.000Z~-", newest: "9999-12-31T23:59:59.999Z~-" } as const;

/**
 * Up to `limit` rows. A cursor means that there may be more, even where the list is empty. A search for an id returns the
 * messages of that id alone at first, and leaves the others to its cursor. `inBodies`: a search reads bodies too.
 */
export function listFailedMessages(ports: ListPorts, { inBodies = false } = {}) {
  const { clock } = ports;
  return async (query: ListFailed): Promise<FailedList> => {
    const { event, ...listed } = query;
    if (event !== undefined) return { items: await messagesOf(ports, event, listed) };
    const {
      status = "OPEN",
      limit = LIMIT,
      order = "oldest",
      cursor: from,
      search: text,
      ...filter
    } = listed;
    requireKnownConsumer(filter);
    const until = clock.now() + READ_MS;
    const isFirst = from === undefined;
    const isOfAll = status === "OPEN" && text === undefined && Object.keys(filter).length === 0;
    const openCount = isOfAll ? await readOpenCount(ports) : undefined;
    const answer = (rows: readonly ListedMessage[], cursor?: string): FailedList => ({
      items: rows.map((row) => pick(row, SUMMARY)),
      ...(cursor === undefined ? {} : { cursor }),
      ...(openCount === undefined ? {} : { openCount }),
    });

    const search = text === undefined ? undefined : await searchMessages(ports, text, inBodies);
    const direct = (search?.direct ?? []).filter((row) => row.status === status && matches(row, filter));
    const isShortcut = direct.length > 0 && direct.length <= limit;
    if (isShortcut && isFirst) return answer(direct.toSorted(by(order)), BEGINNING[order]);
    const returned = new Set(isShortcut ? direct.map(({ failedKey }) => failedKey) : []);

    const found: ListedMessage[] = [];
    let bodies = 0;
    const pageSize = search?.pageSize ?? (Object.keys(filter).length === 0 ? limit : MATCHING_PAGE);
    for await (const page of matchingPages(ports, filter, { status, order, pageSize, from })) {
      const { cursor } = page;
      const { rows, read } = (await search?.among(page.rows)) ?? { rows: page.rows, read: 0 };
      found.push(...rows.filter(({ failedKey }) => !returned.has(failedKey)));
      bodies += read;
      const last = found[limit - 1];
      if (last !== undefined && (found.length > limit || cursor !== undefined))
        return answer(found.slice(0, limit), placeOf(last));
      if (bodies >= MOST_BODIES || clock.now() > until) return answer(found, cursor);
    }
    return answer(found);
  };
}

function by(order: ListOrder): (one: ListedMessage, other: ListedMessage) => number {
  const sign = order === "oldest" ? 1 : -1;
  return (one, other) => (placeOf(one) < placeOf(other) ? -sign : sign);
}

/** The messages of one event, found by their keys. */
async function messagesOf(
  { failedMessages }: ListPorts,
  event: string,
  { status, ...filter }: ListFailed,
): Promise<FailedSummary[]> {
  const found = await failedMessages.getMany(
    CONSUMER_NAMES.map((consumer) => failedKeyOfEvent(consumer, event)),
  );
  return [...found.values()]
    .filter((row) => (status === undefined || row.status === status) && matches(row, filter))
    .map((row) => pick(row, SUMMARY));
}

/** Absent until maintenance has counted them. */
async function readOpenCount({ failedMessages }: ListPorts): Promise<OpenCount | undefined> {
  const progress = await failedMessages.readProgress(COUNTING_STEP);
  return progress === undefined ? undefined : openCountOf(progress);
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
    const isOfAll = status === "OPEN" && Object.keys(filter).length === 0;
    const openCount = isOfAll ? await readOpenCount(ports) : undefined;
    return {
      groups: largest(groups),
      isComplete: isComplete && groups.size <= MOST_GROUPS,
      ...(openCount === undefined ? {} : { openCount }),
    };
  };
}

function largest(groups: ReadonlyMap<string, FailureGroup>): FailureGroup[] {
  return [...groups.values()].sort(bySize).slice(0, MOST_GROUPS);
}
