import { ENGINE_PROBLEMS, ENGINE_REASONS } from "../middleware/engine-names.ts";

/** Error codes of the API and reasons of parked messages. They are stable: clients and runbooks match on them. */

/** HTTP problems: code → status and title. The response adds detail, pointer and request id. */
export const PROBLEMS = {
  ...ENGINE_PROBLEMS,
  TOO_MANY_LINES: { status: 400, title: "The order has too many distinct SKUs" },
  PRICE_CONTRADICTION: { status: 400, title: "Two lines of one SKU have different prices" },
  FORBIDDEN: { status: 403, title: "The caller has no permission for this" },
  ORDER_NOT_FOUND: { status: 404, title: "There is no such order" },
  SKU_NOT_FOUND: { status: 404, title: "There is no such SKU" },
  FAILED_MESSAGE_NOT_FOUND: { status: 404, title: "There is no such failed message" },
  REDRIVE_JOB_NOT_FOUND: { status: 404, title: "There is no such redrive" },
  STOCK_BELOW_HELD: { status: 409, title: "Fewer units were counted than are held for orders" },
  ORDER_STATUS: { status: 409, title: "The order's status does not allow this" },
  FAILED_MESSAGE_CHANGED: { status: 409, title: "The failed message was changed meanwhile" },
  FAILED_MESSAGE_STATUS: { status: 409, title: "The status of the failed message does not allow this" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "The Idempotency-Key was used for another request" },
  REDRIVE_REFUSED: { status: 422, title: "A redrive would fail again or do harm" },
  EDIT_REFUSED: { status: 422, title: "The consumer does not accept the edited body" },
  THROTTLED: { status: 429, title: "Too many requests" },
  BUSY: { status: 503, title: "The backlog is too long to accept new orders" },
  TIMEOUT: { status: 504, title: "The response took too long" },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** The `type` of a problem (RFC 9457). `about:blank` would require the phrase of the HTTP status as the title. */
export const problemType = (code: string): string => `urn:order-events:problem:${code}`;

/** Reasons in the failed-message store: code → meaning. */
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
    readonly problem: keyof typeof PROBLEMS;
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
