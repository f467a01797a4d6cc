import { type FailedStatus, failedKeyOfEvent, type Reason } from "../../contract/failures.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { textOf } from "../../middleware/attributes.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { sha256 } from "../../middleware/sha256.ts";

/** One act on a row, or one outcome of its message. */
export interface HistoryEntry {
  readonly at: string;
  readonly by: string;
  readonly act: string;
  readonly why?: string;
  /** The job whose act it was. */
  readonly jobId?: string;
  /** Identifies an act that was applied although its reply was lost. */
  readonly writeId: string;
}

/** One row of the failed-message store. */
export interface FailedMessage extends MessageFacts {
  readonly failedKey: string;
  readonly status: FailedStatus;
  /** +1 with each write; writes are conditional on it. */
  readonly revision: number;
  readonly writeId: string;
  /** ISO time of the next step of a RETRYING or REDRIVEN row; else of the last write that changed the status. */
  readonly dueAt: string;
  readonly bodyHash: string;
  /** The body that failed first, where it was edited since. */
  readonly originalBody?: string;
  readonly reason: Reason;
  readonly errorName?: string;
  readonly errorMessage?: string;
  /** Groups rows by cause. */
  readonly fingerprint: string;
  readonly firstAt: string;
  /** The last failure; a failed send and a message that never returned count, an undone discard does not. */
  readonly lastAt: string;
  /** Number of recorded failures. */
  readonly failures: number;
  /** +1 each time the row is opened. An operator acts on the generation that was read. */
  readonly generation: number;
  readonly redriveId?: string;
  /** The job of the last act of an operator; absent where that was on this message alone. */
  readonly jobId?: string;
  /** The deliveries that parked it, the latest last. */
  readonly parkedBy?: readonly string[];
  readonly history: readonly HistoryEntry[];
  /** Epoch seconds after which a resolved or discarded row may be deleted. */
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
      readonly jobId?: string;
      /** Sent instead of the message that failed. */
      readonly edited?: EditedMessage;
    }
  /** The message of a redriven row could not be sent. */
  | { readonly kind: "send-failed"; readonly redriveId: string; readonly error: unknown }
  | { readonly kind: "resolve"; readonly by: string; readonly why?: string }
  | { readonly kind: "resolve-open"; readonly by?: string; readonly why?: string; readonly jobId?: string }
  | {
      readonly kind: "discard" | "undo";
      readonly generation: number;
      readonly by: string;
      readonly why: string;
      readonly jobId?: string;
    }
  /** A retry from the dead-letter queue goes without these attributes: the row keeps them. */
  | { readonly kind: "retry"; readonly leftOut: readonly string[] }
  | { readonly kind: "overdue" };

export interface WriteContext {
  readonly now: number;
  readonly writeId: string;
  readonly returnWithinSeconds: number;
}

/** A valid event id of at most 128 characters, else the hash of the body. The key is safe in a URL. */
export function failedKeyOf(message: MessageFacts): string {
  const own = textOf(message.attributes, ATTRIBUTES.failedKey);
  if (own !== undefined && /^[\w.:~-]{1,256}$/.test(own)) return own;
  const id = message.eventId;
  const name = id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : sha256(message.body);
  return failedKeyOfEvent(message.consumer, name);
}

/** Whether a text may be the key of a row; no other is looked up, because DynamoDB refuses an empty or very long one. */
export function isFailedKey(text: string): boolean {
  return /^[\w.:~-]{1,512}$/.test(text);
}

/** What is known of a message from its event. */
export function eventFacts(
  event: Pick<OrderEvent, "id" | "type" | "subject"> | undefined,
): Pick<MessageFacts, "eventId" | "eventType" | "orderId"> {
  return event === undefined ? {} : { eventId: event.id, eventType: event.type, orderId: event.subject };
}

/** The message that a publisher would have sent for an event. */
export function unpublishedMessage(
  event: OrderEvent,
  { consumer, source }: Pick<MessageFacts, "consumer" | "source">,
): MessageFacts {
  const attributes = { [ATTRIBUTES.type]: event.type };
  return { consumer, source, body: JSON.stringify(event), attributes, ...eventFacts(event) };
}

/** The key of a second body of the same event, so that neither overwrites the other. */
export function secondVersionKey(failedKey: string, body: string): string {
  return `${failedKey}~${sha256(body).slice(0, 12)}`;
}

/** More than can be redelivered. */
const DELIVERIES = 20;

interface Parked {
  readonly parkedBy?: readonly string[];
}

/**
 * The position and content of a record, where the source names a record (`kafka:<topic>-<partition>@<offset>`) and not
 * only a queue. A topic that is created again reuses its offsets: then only the content differs.
 */
function deliveryOf({ source, body }: Pick<MessageFacts, "source" | "body">): string | undefined {
  return /@\d+$/.test(source) ? `${source} ${sha256(body).slice(0, 16)}` : undefined;
}

/** Whether this very delivery parked the row before. */
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
  return delivery === undefined ? {} : { parkedBy: [...parkedBy, delivery].slice(-DELIVERIES) };
}
