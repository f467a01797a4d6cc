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

/** A dead-letter queue, its consumer, and the queue its messages came from, as the deployment describes them to a function. */
export interface DeadLetterSource {
  readonly arn: string;
  readonly consumer: string;
  readonly queueUrl: string;
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
    "jobId",
    "errorName",
    "errorMessage",
  ],
} as const;
/** Orders of a list of failed messages, by the time that they are due or changed their status. */
export const LIST_ORDERS = ["oldest", "newest"] as const;
/** Filters of failed messages, in the API and on the command line. */
export const FAILED_FILTERS = ["consumer", "type", "reason", "fingerprint", "job", "from", "to"] as const;
/** The statuses of the messages that each act of a job applies to. */
export const MESSAGE_ACTS = { redrive: "OPEN", discard: "OPEN", undo: "DISCARDED" } as const satisfies Record<
  string,
  FailedStatus
>;
export type MessageAct = keyof typeof MESSAGE_ACTS;
/** The act of a job and its rates per second. A discard and its undo send nothing, and may be faster. */
export const JOB_RATES = {
  redrive: { preset: 10, most: 100 },
  discard: { preset: 200, most: 1_000 },
  undo: { preset: 200, most: 1_000 },
  republish: { preset: 10, most: 100 },
} as const satisfies Record<MessageAct | "republish", { readonly preset: number; readonly most: number }>;
export type JobAct = keyof typeof JOB_RATES;
export const JOB_ACTS = /* @__PURE__ */ Object.keys(JOB_RATES) as JobAct[];
export const JOB_STATUSES = ["RUNNING", "STOPPED", "ABORTED", "DONE"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
/** Outcomes of a mail in doubt, as an operator decides them. */
export const MAIL_DECISIONS = ["sent", "not-sent"] as const;
export type MailDecision = (typeof MAIL_DECISIONS)[number];
/** Most messages that one request of a job names. Their keys fit into a request and into the row of the job. */
export const MOST_NAMED_MESSAGES = 500;
/** The key of the failed message of a consumer that the event has, unless a second version of its body failed. */
export const failedKeyOfEvent = (consumer: string, eventId: string): string => `${consumer}~${eventId}`;
/** Keys of jobs in the failed-message table: `job#<id>`. No message has such a key. */
export const JOB_PREFIX = "job#";
/** Keys of the rows that hold the progress of maintenance in the listing of open messages: `progress#<step>`. */
export const PROGRESS_PREFIX = "progress#";
/** Epoch seconds after which DynamoDB may delete a resolved or discarded row. */
export const FAILED_TTL_ATTRIBUTE = "expiresAt";
