import type { MailDecision } from "../../../../../functions/contract/failures.ts";
import type {
  FailedList,
  FailedMessageView,
  FailedSummary,
  FailureGroups,
} from "../../../../../functions/contract/operator-answers.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import type { DRY_RUN } from "../../../target/dry-run.ts";
import { call } from "../fetch-json.ts";
import type { Filter, ListPlace } from "../route.ts";

/** The operators' routes of the product's API, described in openapi.json. */

/** The groups of failed messages; none for an app without failed messages. */
export async function readGroups({ can }: ConsoleAbout): Promise<FailureGroups> {
  return can.orders ? call("GET /failed-messages/groups") : { groups: [], isComplete: true };
}

/** Groups of too many messages are costly to read, and the count of all is of the minute anyway. */
export const everyGroups =
  (usual: number) =>
  (latest: FailureGroups | undefined): number =>
    latest?.isComplete === false ? 5 : usual;

/** A dry run, or the reason for the act. */
type Change = typeof DRY_RUN | { readonly why: string };
/** A message in the generation that the operator saw. The API refuses an action on an older generation. */
export type SeenMessage = Pick<FailedMessageView, "failedKey" | "generation">;

export const fetchGroups = (filter: Filter) => call("GET /failed-messages/groups", { query: filter });
export const fetchMessage = (failedKey: string) => call("GET /failed-messages/{failedKey}", { failedKey });
export const fetchBody = (failedKey: string) => call("GET /failed-message-bodies/{failedKey}", { failedKey });

const PAGE_SIZE = 100;
/** Several responses of a search that finds little are shown together. */
const SEARCH_MS = 8_000;

/**
 * A page of messages, the newest first. A search for a text reads bodies where the caller may, until it has found a page
 * or has taken some seconds.
 */
export async function fetchMessages(
  filter: Filter,
  { search, order = "newest", cursor: from }: ListPlace,
  inBodies: boolean,
): Promise<FailedList> {
  const until = Date.now() + SEARCH_MS;
  const items: FailedSummary[] = [];
  let cursor = from;
  for (;;) {
    const route = search !== undefined && inBodies ? "GET /failed-message-bodies" : "GET /failed-messages";
    const limit = PAGE_SIZE - items.length;
    const page = await call(route, { query: { ...filter, order, limit, search, cursor } });
    items.push(...page.items);
    cursor = page.cursor;
    const isFull = search === undefined || items.length > 0;
    if (cursor === undefined || isFull || Date.now() > until) return { ...page, items };
  }
}

export const redrive = ({ failedKey, generation }: SeenMessage, change: Change, mail?: MailDecision) =>
  call("POST /failed-messages/{failedKey}/redrive", { failedKey, body: { ...change, generation, mail } });
export const edit = ({ failedKey, generation }: SeenMessage, change: Change, body: string) =>
  call("POST /failed-messages/{failedKey}/edit", { failedKey, body: { ...change, generation, body } });
export const discard = ({ failedKey, generation }: SeenMessage, change: Change) =>
  call("POST /failed-messages/{failedKey}/discard", { failedKey, body: { ...change, generation } });
export const undo = ({ failedKey, generation }: SeenMessage, change: Change) =>
  call("POST /failed-messages/{failedKey}/undo", { failedKey, body: { ...change, generation } });
