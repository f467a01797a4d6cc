import { ENGINE_REASONS } from "../middleware/engine-names.ts";

/** Failed messages: their reasons and statuses, and the names of their table. Runbooks and operators match on them. */

/** Reasons: code → meaning. */
export const REASONS = {
  ...ENGINE_REASONS,
  ENVELOPE_MISMATCH: "The body is an SNS envelope; the subscription must deliver raw messages.",
  UNSUPPORTED_VERSION: "The schema version of the event is not supported.",
  UNKNOWN_TYPE: "The type of the event is not known.",
  UNKNOWN_ORDER: "The order of this event does not exist.",
  STATE_CONFLICT: "The order status contradicts the event.",
  EVENT_CONTRADICTS_ORDER: "The lines of the event differ from those of the order.",
  STOCK_MISMATCH: "The stock row holds fewer units than the order.",
  OUTCOME_UNKNOWN: "The mail may or may not have been sent; a second attempt could duplicate it.",
  REFUSED: "The mail provider refused the message for good.",
  PUBLISH_FAILED: "The topic refused the event.",
  NO_REPORT: "No reason was stored: the function timed out, crashed, was throttled or never ran.",
  NEVER_RETURNED: "The message was retried or redriven and has had no outcome since.",
  BAD_DLQ_RETRY_COUNT: "The attribute dlqRetryCount is not a number from 0 to 3.",
} as const satisfies Record<string, string>;
export type Reason = keyof typeof REASONS;

declare module "../middleware/register.ts" {
  interface Register {
    readonly reason: keyof typeof REASONS;
  }
}
declare module "../middleware/failure-log.ts" {
  interface MessageFacts {
    readonly orderId?: string;
  }
}

/** Statuses of a failed message. */
export const FAILED_STATUSES = ["OPEN", "RETRYING", "REDRIVEN", "RESOLVED", "DISCARDED"] as const;
export type FailedStatus = (typeof FAILED_STATUSES)[number];

/**
 * The index that lists failed messages: partition `<status>#<shard>`, sorted by `<due time>~<key>`. It holds what a list,
 * a filter and a group need; a body is read by its key.
 */
export const FAILED_LISTING = {
  indexName: "listing",
  partitionKey: "listing",
  sortKey: "place",
  projected: [
    "consumer",
    "reason",
    "fingerprint",
    "firstAt",
    "lastAt",
    "failures",
    "generation",
    "eventId",
    "eventType",
    "orderId",
    "errorName",
    "errorMessage",
  ],
} as const;
/** Filters of failed messages, in the API and on the command line. */
export const FAILED_FILTERS = ["consumer", "type", "reason", "fingerprint", "from", "to"] as const;
/** Keys of redrive jobs in the failed-message table: `job#<id>`. No message has such a key. */
export const REDRIVE_JOB_PREFIX = "job#";
/** Keys of republish jobs in the same table: `republish#<id>`. */
export const REPUBLISH_JOB_PREFIX = "republish#";
/** Keys of the rows that hold the progress of maintenance in the listing of open messages: `progress#<step>`. */
export const PROGRESS_PREFIX = "progress#";
/** Epoch seconds after which DynamoDB may delete a resolved or discarded row. */
export const FAILED_TTL_ATTRIBUTE = "expiresAt";
