import type {
  DiscardAnswer,
  FailedList,
  FailedMessageBody,
  FailedMessageView,
  FailedSummary,
  FailureGroups,
  RedriveAnswer,
  UndoAnswer,
} from "../../../../../functions/contract/operator-answers.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { get, post, segment } from "../fetch-json.ts";
import { type Filter, type ListPlace, queryOf } from "../route.ts";

/** The operators' routes of the product's API, described in openapi.json. */

/** The groups of failed messages; none for an app without failed messages. */
export async function readGroups({ can }: ConsoleAbout): Promise<FailureGroups> {
  return can.orders ? get<FailureGroups>("/failed-messages/groups") : { groups: [], isComplete: true };
}

/** Groups of too many messages are costly to read, and the count of all is of the minute anyway. */
export const everyGroups =
  (usual: number) =>
  (latest: FailureGroups | undefined): number =>
    latest?.isComplete === false ? 5 : usual;

const ROOT = "/failed-messages";
const BODIES = "/failed-message-bodies";
export const DRY = { dryRun: true, why: "a dry run" } as const;
/** A message in the generation that the operator saw. The API refuses an action on an older generation. */
export type SeenMessage = Pick<FailedMessageView, "failedKey" | "generation">;
const pathOf = ({ failedKey }: SeenMessage, action: string) => `${ROOT}/${segment(failedKey)}/${action}`;

export const fetchGroups = (filter: Filter) => get<FailureGroups>(`${ROOT}/groups${queryOf(filter)}`);
export const fetchMessage = (failedKey: string) => get<FailedMessageView>(`${ROOT}/${segment(failedKey)}`);
export const fetchBody = (failedKey: string) => get<FailedMessageBody>(`${BODIES}/${segment(failedKey)}`);

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
    const limit = String(PAGE_SIZE - items.length);
    const at = { ...(search === undefined ? {} : { search }), ...(cursor === undefined ? {} : { cursor }) };
    const root = search !== undefined && inBodies ? BODIES : ROOT;
    const page = await get<FailedList>(`${root}?${new URLSearchParams({ ...filter, order, limit, ...at })}`);
    items.push(...page.items);
    cursor = page.cursor;
    const isFull = search === undefined || items.length > 0;
    if (cursor === undefined || isFull || Date.now() > until) return { ...page, items };
  }
}

/** An operator's decision on a mail of unknown outcome. */
export type MailOutcome = "sent" | "not-sent";
const mailField = (mail: MailOutcome | undefined) => (mail === undefined ? {} : { mail });
export const dryRunRedrive = (seen: SeenMessage, mail?: MailOutcome) =>
  post<RedriveAnswer>(pathOf(seen, "redrive"), { ...DRY, generation: seen.generation, ...mailField(mail) });
export const redrive = (seen: SeenMessage, why: string, mail?: MailOutcome) =>
  post<RedriveAnswer>(pathOf(seen, "redrive"), { why, generation: seen.generation, ...mailField(mail) });
export const dryRunEdit = (seen: SeenMessage, body: string) =>
  post<RedriveAnswer>(pathOf(seen, "edit"), { ...DRY, generation: seen.generation, body });
export const edit = (seen: SeenMessage, body: string, why: string) =>
  post<RedriveAnswer>(pathOf(seen, "edit"), { why, generation: seen.generation, body });
export const dryRunDiscard = (seen: SeenMessage) =>
  post<DiscardAnswer>(pathOf(seen, "discard"), { ...DRY, generation: seen.generation });
export const discard = (seen: SeenMessage, why: string) =>
  post<DiscardAnswer>(pathOf(seen, "discard"), { why, generation: seen.generation });
export const dryRunUndo = (seen: SeenMessage) =>
  post<UndoAnswer>(pathOf(seen, "undo"), { ...DRY, generation: seen.generation });
export const undo = (seen: SeenMessage, why: string) =>
  post<UndoAnswer>(pathOf(seen, "undo"), { why, generation: seen.generation });
