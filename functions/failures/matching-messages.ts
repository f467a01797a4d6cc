import { CONSUMER_NAMES } from "../consumers/consumers.ts";
import { type FailedStatus, MESSAGE_ACTS, type MessageAct } from "../contract/failures.ts";
import type { FailedFilter } from "../contract/operator-schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import { Problem } from "../middleware/problem.ts";
import { type ListOrder, matches } from "./domain/failed-listing.ts";
import type { FailedMessageStore, ListedPage } from "./ports/failed-message-store.ts";

interface StorePorts {
  readonly failedMessages: FailedMessageStore;
}

/** Rows read for one page of matching messages. */
export const MATCHING_PAGE = 500;
const COUNT_MS = 3_000;

/**
 * The rows of a status that match the filter, in the pages that were read for them: some hold none. The
 * cursor is that of the listing behind the page. The caller ends the reading in time.
 */
export async function* matchingPages(
  { failedMessages }: StorePorts,
  filter: FailedFilter,
  options: {
    readonly status?: FailedStatus;
    readonly order?: ListOrder;
    readonly pageSize?: number;
    readonly from?: string | undefined;
  } = {},
): AsyncGenerator<ListedPage> {
  requireKnownConsumer(filter);
  const { status = "OPEN", order = "oldest", pageSize: limit = MATCHING_PAGE, from } = options;
  let at = from;
  do {
    const behind = at === undefined ? {} : { cursor: at };
    const page = await failedMessages.list(status, { limit, order, ...behind });
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

/** The number of matching messages and their consumers; no total where there are too many to count in time. */
export async function countMatching(
  ports: StorePorts & { readonly clock: Clock },
  act: MessageAct,
  filter: FailedFilter,
) {
  const deadline = ports.clock.now() + COUNT_MS;
  const consumers = new Set<string>();
  let total = 0;
  for await (const { rows, cursor } of matchingPages(ports, filter, { status: MESSAGE_ACTS[act] })) {
    for (const { consumer } of rows) consumers.add(consumer);
    total += rows.length;
    if (cursor !== undefined && ports.clock.now() > deadline) return { total: undefined, consumers };
  }
  return { total, consumers };
}
