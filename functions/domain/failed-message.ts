import type { Reason } from "../contract/errors.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import { sha256 } from "./digest.ts";
import { describeError, fingerprintOf } from "./error-text.ts";

export type FailedStatus = "RETRYING" | "OPEN" | "REDRIVEN" | "RESOLVED" | "DISCARDED";

/** What is known of a message when it fails. */
export interface MessageFacts {
  readonly consumer: string;
  /** The queue's ARN, or the stream's. */
  readonly source: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly orderId?: string;
}

/** One act on a row: who did what, when and why. */
export interface HistoryEntry {
  readonly at: string;
  readonly by: string;
  readonly act: string;
  readonly why?: string;
  /** The write that it came with: tells an act that was applied although its reply was lost. */
  readonly writeId: string;
}

/** One row of the failed-message store. */
export interface FailedMessage extends MessageFacts {
  readonly failedKey: string;
  readonly status: FailedStatus;
  /** +1 with each write; writes are conditional on it. */
  readonly revision: number;
  readonly writeId: string;
  /** ISO time: when something is due to happen with the row; the time of parking where nothing is. */
  readonly dueAt: string;
  readonly bodyHash: string;
  /** The body as it failed first, where an operator has edited it since. */
  readonly originalBody?: string;
  readonly reason: Reason;
  readonly errorName?: string;
  readonly errorMessage?: string;
  /** Groups rows that failed alike. */
  readonly fingerprint: string;
  readonly firstAt: string;
  readonly lastAt: string;
  /** How often a failure was recorded. */
  readonly failures: number;
  /** +1 each time the row is opened; an operator acts on the generation that was looked at. */
  readonly generation: number;
  readonly redriveId?: string;
  readonly history: readonly HistoryEntry[];
  /** Epoch seconds after which a settled row may be deleted. */
  readonly expiresAt?: number;
}

/** The parts of a message that an edit changes. */
export type EditedMessage = Required<Pick<MessageFacts, "body" | "eventId" | "eventType" | "orderId">>;

export type FailedWrite =
  | { readonly kind: "last-attempt"; readonly error?: unknown }
  | { readonly kind: "park"; readonly reason: Reason; readonly error?: unknown }
  | {
      readonly kind: "redrive";
      readonly generation: number;
      readonly redriveId: string;
      readonly by: string;
      readonly why?: string;
      /** What is sent instead of what failed. */
      readonly edited?: EditedMessage;
    }
  /** The message that was marked could not be sent. */
  | { readonly kind: "take-back"; readonly redriveId: string; readonly error: unknown }
  | { readonly kind: "resolve"; readonly by: string; readonly why?: string }
  | { readonly kind: "settle"; readonly by?: string; readonly why?: string }
  | { readonly kind: "discard"; readonly generation: number; readonly by: string; readonly why: string }
  | { readonly kind: "undo"; readonly by: string; readonly why?: string }
  | { readonly kind: "overdue" };

/** What a write needs beside the row: the time, an id for the write, and how long things may take. */
export interface WriteContext {
  readonly now: number;
  readonly writeId: string;
  readonly returnWithinSeconds: number;
}

export const RETENTION_DAYS = 90;
const HISTORY_LENGTH = 50;

/** A valid event id of at most 128 characters, else the hash of the body. The key is safe in a URL. */
export function failedKeyOf(message: MessageFacts): string {
  const own = message.attributes[ATTRIBUTES.failedKey];
  if (own !== undefined && /^[\w.:~-]{1,256}$/.test(own)) return own;
  const id = message.eventId;
  const name = id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : sha256(message.body);
  return `${message.consumer}~${name}`;
}

/** Where another body under the same key is kept, so that neither overwrites the other. */
export function secondVersionKey(failedKey: string, body: string): string {
  return `${failedKey}~${sha256(body).slice(0, 12)}`;
}

/** Which statuses each write may start from; `none` is a row that does not exist. */
export const FROM: Readonly<Record<FailedWrite["kind"], readonly (FailedStatus | "none")[]>> = {
  "last-attempt": ["none", "RETRYING", "REDRIVEN"],
  park: ["none", "RETRYING", "OPEN", "REDRIVEN", "RESOLVED"],
  redrive: ["OPEN"],
  "take-back": ["REDRIVEN"],
  resolve: ["RETRYING", "OPEN", "REDRIVEN", "DISCARDED"],
  settle: ["OPEN"],
  discard: ["OPEN"],
  undo: ["DISCARDED"],
  overdue: ["RETRYING", "REDRIVEN"],
};

/**
 * The row after a write, or `undefined` where the write does not apply and the row stays as it is.
 * `message` is needed where the row may not exist yet.
 */
export function transition(
  row: FailedMessage | undefined,
  write: FailedWrite,
  context: WriteContext,
  message?: MessageFacts & { readonly failedKey: string },
): FailedMessage | undefined {
  if (!FROM[write.kind].includes(row?.status ?? "none")) return undefined;
  const at = new Date(context.now).toISOString();
  const current = row ?? (message === undefined ? undefined : firstRow(message, at));
  if (current === undefined) return undefined;
  const next = { ...current, revision: current.revision + 1, writeId: context.writeId };
  const dueAt = new Date(context.now + context.returnWithinSeconds * 1000).toISOString();
  const { writeId } = context;
  const entry = (act: string, { by, why }: { readonly by: string; readonly why?: string }): HistoryEntry =>
    why === undefined ? { at, by, act, writeId } : { at, by, act, why, writeId };

  switch (write.kind) {
    case "last-attempt":
      return {
        ...next,
        ...failure("RETRIES_EXHAUSTED", write.error, current),
        status: "RETRYING",
        dueAt,
        lastAt: at,
        failures: current.failures + 1,
      };
    case "park":
      return opened(next, at, {
        ...failure(write.reason, write.error, current),
        failures: current.failures + 1,
      });
    case "overdue":
      if (current.dueAt > at) return undefined;
      return opened(next, at, failure("NEVER_RETURNED", undefined, current));
    case "redrive":
      if (current.generation !== write.generation) return undefined;
      return {
        ...next,
        ...edited(current, write.edited),
        status: "REDRIVEN",
        dueAt,
        redriveId: write.redriveId,
        history: remembered(
          current,
          entry(write.edited === undefined ? "redrive" : "edit and redrive", write),
        ),
      };
    case "take-back":
      if (current.redriveId !== write.redriveId) return undefined;
      return opened(next, at, failure(current.reason, write.error, current));
    case "resolve":
      return settled(next, context, entry("resolve", write), "RESOLVED");
    case "settle":
      return settled(next, context, entry("resolve", { by: "settled", ...write }), "RESOLVED");
    case "discard":
      if (current.generation !== write.generation) return undefined;
      return settled(next, context, entry("discard", write), "DISCARDED");
    case "undo":
      return opened(next, at, { history: remembered(current, entry("undo", write)) });
  }
}

function firstRow(message: MessageFacts & { readonly failedKey: string }, at: string): FailedMessage {
  return {
    ...message,
    status: "RETRYING",
    revision: 0,
    writeId: "",
    dueAt: at,
    bodyHash: sha256(message.body),
    reason: "NO_REPORT",
    fingerprint: "",
    firstAt: at,
    lastAt: at,
    failures: 0,
    generation: 0,
    history: [],
  };
}

/** Reason, error and fingerprint of a failure; a park without an error keeps the one that was left before. */
function failure(reason: Reason, error: unknown, current: FailedMessage) {
  const { errorName, errorMessage } = error === undefined ? current : describeError(error);
  const described = {
    ...(errorName === undefined ? {} : { errorName }),
    ...(errorMessage === undefined ? {} : { errorMessage }),
  };
  const fingerprint = fingerprintOf(current.consumer, current.eventType, reason, described);
  return { reason, ...described, fingerprint };
}

function opened(next: FailedMessage, at: string, changes: Partial<FailedMessage>): FailedMessage {
  const { expiresAt: _, redriveId: __, ...row } = next;
  return { ...row, ...changes, status: "OPEN", dueAt: at, lastAt: at, generation: next.generation + 1 };
}

/** An edit keeps what failed first, and the row answers for the new body from then on. */
function edited(row: FailedMessage, message: EditedMessage | undefined): Partial<FailedMessage> {
  if (message === undefined) return {};
  return {
    ...message,
    bodyHash: sha256(message.body),
    originalBody: row.originalBody ?? row.body,
    attributes: { ...row.attributes, [ATTRIBUTES.type]: message.eventType },
  };
}

function settled(
  next: FailedMessage,
  context: WriteContext,
  entry: HistoryEntry,
  status: "RESOLVED" | "DISCARDED",
): FailedMessage {
  return {
    ...next,
    status,
    dueAt: entry.at,
    history: remembered(next, entry),
    expiresAt: Math.floor(context.now / 1000) + RETENTION_DAYS * 86_400,
  };
}

function remembered(row: FailedMessage, entry: HistoryEntry): HistoryEntry[] {
  return [...row.history, entry].slice(-HISTORY_LENGTH);
}
