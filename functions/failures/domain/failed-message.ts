import type { Reason } from "../../contract/errors.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { sha256 } from "../../middleware/sha256.ts";

export type FailedStatus = "RETRYING" | "OPEN" | "REDRIVEN" | "RESOLVED" | "DISCARDED";

/** What was done about a row, or became of its message: who did what, when and why. */
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
  /** When it failed last, a send that failed and a copy that never returned included; an undone discard leaves it. */
  readonly lastAt: string;
  /** How often a failure was recorded. */
  readonly failures: number;
  /** +1 each time the row is opened; an operator acts on the generation that was looked at. */
  readonly generation: number;
  readonly redriveId?: string;
  /** The deliveries that parked it, the latest last; see delivery.ts. */
  readonly parkedBy?: readonly string[];
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
  | { readonly kind: "undo"; readonly generation: number; readonly by: string; readonly why: string }
  | { readonly kind: "overdue" };

/** What a write needs beside the row: the time, an id for the write, and how long things may take. */
export interface WriteContext {
  readonly now: number;
  readonly writeId: string;
  readonly returnWithinSeconds: number;
}

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

/** How many deliveries a row remembers: more than can come again, since each copy is a delivery of its own. */
const REMEMBERED = 20;

interface Parked {
  readonly parkedBy?: readonly string[];
}

/**
 * The name of one record and its content, where the source names one, as `kafka:<topic>-<partition>@<offset>` does,
 * and not only where records come from, as a queue's ARN does. A topic that is made anew uses its offsets again: only
 * the content tells a record from the one that had its place before.
 */
function deliveryOf({ source, body }: Pick<MessageFacts, "source" | "body">): string | undefined {
  return /@\d+$/.test(source) ? `${source} ${sha256(body).slice(0, 16)}` : undefined;
}

/** Whether this very delivery parked the row before: then it has nothing new to say. */
export function wasParkedBy(
  row: Parked | undefined,
  message: Pick<MessageFacts, "source" | "body">,
): boolean {
  if (row?.parkedBy === undefined) return false;
  const delivery = deliveryOf(message);
  return delivery !== undefined && row.parkedBy.includes(delivery);
}

/** The row's deliveries and this one, where the source names one. */
export function parkedBy({ parkedBy = [] }: Parked, message: MessageFacts | undefined): Parked {
  const delivery = message === undefined ? undefined : deliveryOf(message);
  return delivery === undefined ? {} : { parkedBy: [...parkedBy, delivery].slice(-REMEMBERED) };
}
