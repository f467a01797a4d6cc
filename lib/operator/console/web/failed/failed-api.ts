import { get, post, segment } from "../fetch-json.ts";
import { type Filter, queryOf } from "../route.ts";

/** The operators' routes of the product's API, as this page uses them; described in openapi.json. */

export const STATUSES = ["OPEN", "RETRYING", "REDRIVEN", "RESOLVED", "DISCARDED"] as const;
export type FailedStatus = (typeof STATUSES)[number];

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
    readonly effect: "there" | "not there" | "unknown";
    readonly because?: string;
    readonly redriveWould: "resolve" | "send" | "refuse";
    readonly whyNot?: string;
  };
}

export interface RedriveAnswer {
  readonly status: FailedStatus;
  readonly outcome: "sent" | "resolved" | "would send" | "would resolve" | "would refuse";
  readonly because?: string;
}

export interface DiscardAnswer {
  readonly status: FailedStatus;
  readonly consequences: readonly string[];
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
  readonly cameBack: number;
  readonly stoppedBecause?: string;
}

/** The publishing of the latest event of many orders. */
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
/** The generation of the row as it was seen: the API refuses where somebody acted since. */
export type Seen = Pick<FailedMessage, "failedKey" | "generation">;
const at = ({ failedKey }: Seen, act: string) => `${ROOT}/${segment(failedKey)}/${act}`;

export const groupsOf = (filter: Filter) => get<Groups>(`${ROOT}/groups${queryOf(filter)}`);
export const messageOf = (failedKey: string) => get<FailedMessage>(`${ROOT}/${segment(failedKey)}`);
export const jobsOf = () => get<{ readonly redrives: readonly Job[] }>(`${ROOT}/redrives`);
export const jobOf = (jobId: string) => get<Job>(`${ROOT}/redrives/${segment(jobId)}`);
export const republishesOf = () => get<{ readonly republishes: readonly Republish[] }>("/republishes");

export function messagesOf(filter: Filter, limit: number) {
  const query = new URLSearchParams({ ...filter, limit: String(limit) });
  return get<{ readonly items: readonly Summary[]; readonly cursor?: string }>(`${ROOT}?${query}`);
}

/** What a person found out about a mail of unknown outcome. */
export type MailOutcome = "sent" | "not-sent";
const told = (mail: MailOutcome | undefined) => (mail === undefined ? {} : { mail });
export const tryRedrive = (seen: Seen, mail?: MailOutcome) =>
  post<RedriveAnswer>(at(seen, "redrive"), { ...DRY, generation: seen.generation, ...told(mail) });
export const redrive = (seen: Seen, why: string, mail?: MailOutcome) =>
  post<RedriveAnswer>(at(seen, "redrive"), { why, generation: seen.generation, ...told(mail) });
export const tryEdit = (seen: Seen, body: string) =>
  post<RedriveAnswer>(at(seen, "edit"), { ...DRY, generation: seen.generation, body });
export const edit = (seen: Seen, body: string, why: string) =>
  post<RedriveAnswer>(at(seen, "edit"), { why, generation: seen.generation, body });
export const tryDiscard = (seen: Seen) =>
  post<DiscardAnswer>(at(seen, "discard"), { ...DRY, generation: seen.generation });
export const discard = (seen: Seen, why: string) =>
  post<DiscardAnswer>(at(seen, "discard"), { why, generation: seen.generation });
export const tryUndo = (seen: Seen) =>
  post<{ status: FailedStatus }>(at(seen, "undo"), { ...DRY, generation: seen.generation });
export const undo = (seen: Seen, why: string) =>
  post<{ status: FailedStatus }>(at(seen, "undo"), { why, generation: seen.generation });

/** The API redrives open messages only: the status is no part of its filter. */
const withoutStatus = ({ status: _, ...filter }: Filter): Filter => filter;
export const tryBulk = (filter: Filter) =>
  post<BulkPreview>(`${ROOT}/redrives`, { filter: withoutStatus(filter), ...DRY });
export const redriveBulk = (filter: Filter, why: string, ratePerSecond: number) =>
  post<Job>(`${ROOT}/redrives`, { filter: withoutStatus(filter), why, ratePerSecond });
