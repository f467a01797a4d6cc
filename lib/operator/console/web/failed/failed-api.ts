import type { FailedStatus } from "../../../../../functions/contract/failures.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { get, post, segment } from "../fetch-json.ts";
import { type Filter, queryOf } from "../route.ts";

/** The operators' routes of the product's API, described in openapi.json. */

export interface Group {
  readonly fingerprint: string;
  readonly consumer: string;
  readonly eventType: string;
  readonly reason: string;
  readonly errorName?: string;
  readonly errorMessage?: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly sample: string;
}

export interface Groups {
  readonly groups: readonly Group[];
  readonly isComplete: boolean;
}

/** The groups of failed messages; none for an app without failed messages. */
export async function readGroups({ can }: ConsoleAbout): Promise<Groups> {
  return can.orders ? get<Groups>("/failed-messages/groups") : { groups: [], isComplete: true };
}

export interface Summary {
  readonly failedKey: string;
  readonly status: FailedStatus;
  readonly consumer: string;
  readonly reason: string;
  readonly fingerprint: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly failures: number;
  readonly generation: number;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly orderId?: string;
  readonly errorName?: string;
  readonly errorMessage?: string;
}

/** Text of the type String, or a value of another type; base64 where that is Binary. */
export type AttributeValue = string | { readonly type: string; readonly value: string };

export interface FailedMessage extends Summary {
  readonly source: string;
  readonly body: string;
  readonly originalBody?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly history: readonly {
    readonly at: string;
    readonly by: string;
    readonly act: string;
    readonly why?: string;
  }[];
  readonly why: {
    readonly meaning: string;
    readonly effect: "done" | "missing" | "unknown";
    readonly because?: string;
    readonly isInDoubt: boolean;
    readonly redriveWould: "resolve" | "send" | "refuse";
    readonly whyNot?: string;
  };
}

export interface RedriveResponse {
  readonly status: FailedStatus;
  readonly outcome: "sent" | "resolved" | "would send" | "would resolve" | "would refuse";
  readonly because?: string;
}

export interface DiscardResponse {
  readonly status: FailedStatus;
  readonly consequences: readonly string[];
  readonly discardedBefore?: { readonly at: string; readonly by: string };
}

export interface Job {
  readonly jobId?: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly filter: Filter;
  readonly ratePerSecond: number;
  readonly by: string;
  readonly why: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly total?: number;
  readonly sent: number;
  readonly resolved: number;
  readonly refused: number;
  readonly failedAgain: number;
  readonly stoppedBecause?: string;
}

/** A job that republishes the latest events of orders. */
export interface Republish {
  readonly jobId: string;
  readonly status: "RUNNING" | "DONE" | "STOPPED";
  readonly orderStatus: string;
  readonly published: number;
  readonly refused: number;
  readonly why: string;
  readonly startedAt: string;
  readonly stoppedBecause?: string;
}

interface Tally {
  readonly count: number;
  readonly samples: readonly { readonly failedKey: string; readonly because?: string }[];
}

export interface BulkPreview {
  readonly total: number;
  readonly send: Tally;
  readonly resolve: Tally;
  readonly refuse: Tally;
  readonly isComplete: boolean;
}

const ROOT = "/failed-messages";
const DRY = { dryRun: true, why: "a dry run" } as const;
/** A message in the generation that the operator saw. The API refuses an action on an older generation. */
export type SeenMessage = Pick<FailedMessage, "failedKey" | "generation">;
const pathOf = ({ failedKey }: SeenMessage, action: string) => `${ROOT}/${segment(failedKey)}/${action}`;

export const fetchGroups = (filter: Filter) => get<Groups>(`${ROOT}/groups${queryOf(filter)}`);
export const fetchMessage = (failedKey: string) => get<FailedMessage>(`${ROOT}/${segment(failedKey)}`);
export const fetchJobs = () => get<{ readonly redrives: readonly Job[] }>(`${ROOT}/redrives`);
export const fetchJob = (jobId: string) => get<Job>(`${ROOT}/redrives/${segment(jobId)}`);
export const fetchRepublishes = () => get<{ readonly republishes: readonly Republish[] }>("/republishes");

export function fetchMessages(filter: Filter, limit: number) {
  const query = new URLSearchParams({ ...filter, limit: String(limit) });
  return get<{ readonly items: readonly Summary[]; readonly cursor?: string }>(`${ROOT}?${query}`);
}

/** An operator's decision on a mail of unknown outcome. */
export type MailOutcome = "sent" | "not-sent";
const mailField = (mail: MailOutcome | undefined) => (mail === undefined ? {} : { mail });
export const dryRunRedrive = (seen: SeenMessage, mail?: MailOutcome) =>
  post<RedriveResponse>(pathOf(seen, "redrive"), { ...DRY, generation: seen.generation, ...mailField(mail) });
export const redrive = (seen: SeenMessage, why: string, mail?: MailOutcome) =>
  post<RedriveResponse>(pathOf(seen, "redrive"), { why, generation: seen.generation, ...mailField(mail) });
export const dryRunEdit = (seen: SeenMessage, body: string) =>
  post<RedriveResponse>(pathOf(seen, "edit"), { ...DRY, generation: seen.generation, body });
export const edit = (seen: SeenMessage, body: string, why: string) =>
  post<RedriveResponse>(pathOf(seen, "edit"), { why, generation: seen.generation, body });
export const dryRunDiscard = (seen: SeenMessage) =>
  post<DiscardResponse>(pathOf(seen, "discard"), { ...DRY, generation: seen.generation });
export const discard = (seen: SeenMessage, why: string) =>
  post<DiscardResponse>(pathOf(seen, "discard"), { why, generation: seen.generation });
export const dryRunUndo = (seen: SeenMessage) =>
  post<{ status: FailedStatus }>(pathOf(seen, "undo"), { ...DRY, generation: seen.generation });
export const undo = (seen: SeenMessage, why: string) =>
  post<{ status: FailedStatus }>(pathOf(seen, "undo"), { why, generation: seen.generation });

/** The API redrives open messages only: its filter has no status. */
const withoutStatus = ({ status: _, ...filter }: Filter): Filter => filter;
export const dryRunBulk = (filter: Filter) =>
  post<BulkPreview>(`${ROOT}/redrives`, { filter: withoutStatus(filter), ...DRY });
export const redriveBulk = (filter: Filter, why: string, ratePerSecond: number) =>
  post<Job>(`${ROOT}/redrives`, { filter: withoutStatus(filter), why, ratePerSecond });
