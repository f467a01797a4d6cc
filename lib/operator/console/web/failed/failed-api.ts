import type {
  DiscardAnswer,
  FailedList,
  FailedMessageBody,
  FailedMessageView,
  FailureGroups,
  RedriveAnswer,
  UndoAnswer,
} from "../../../../../functions/contract/operator-answers.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { get, post, segment } from "../fetch-json.ts";
import { type Filter, queryOf } from "../route.ts";

/** The operators' routes of the product's API, described in openapi.json. */

/** The groups of failed messages; none for an app without failed messages. */
export async function readGroups({ can }: ConsoleAbout): Promise<FailureGroups> {
  return can.orders ? get<FailureGroups>("/failed-messages/groups") : { groups: [], isComplete: true };
}

const ROOT = "/failed-messages";
export const DRY = { dryRun: true, why: "a dry run" } as const;
/** A message in the generation that the operator saw. The API refuses an action on an older generation. */
export type SeenMessage = Pick<FailedMessageView, "failedKey" | "generation">;
const pathOf = ({ failedKey }: SeenMessage, action: string) => `${ROOT}/${segment(failedKey)}/${action}`;

export const fetchGroups = (filter: Filter) => get<FailureGroups>(`${ROOT}/groups${queryOf(filter)}`);
export const fetchMessage = (failedKey: string) => get<FailedMessageView>(`${ROOT}/${segment(failedKey)}`);
export const fetchBody = (failedKey: string) =>
  get<FailedMessageBody>(`/failed-message-bodies/${segment(failedKey)}`);

export function fetchMessages(filter: Filter, limit: number) {
  const query = new URLSearchParams({ ...filter, limit: String(limit) });
  return get<FailedList>(`${ROOT}?${query}`);
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
