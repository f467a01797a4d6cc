/**
 * Every code this system answers or parks with, in one table each.
 * Codes are stable: clients and runbooks match on them.
 */

/** HTTP problems: code → status and title. The detail, pointer and request id come with the answer. */
export const PROBLEMS = {
  MALFORMED_JSON: { status: 400, title: "The body is not valid JSON" },
  BAD_ENCODING: { status: 400, title: "The body is not valid UTF-8 or base64" },
  INVALID_REQUEST: { status: 400, title: "The request does not match the schema" },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: "The Idempotency-Key header is required" },
  IDEMPOTENCY_KEY_INVALID: { status: 400, title: "The Idempotency-Key header is not usable" },
  TOO_MANY_LINES: { status: 400, title: "The order has too many distinct SKUs" },
  PRICE_CONTRADICTION: { status: 400, title: "Two lines of one SKU have different prices" },
  FORBIDDEN: { status: 403, title: "The caller may not do this" },
  NOT_FOUND: { status: 404, title: "There is nothing at this address" },
  ORDER_NOT_FOUND: { status: 404, title: "There is no such order" },
  SKU_NOT_FOUND: { status: 404, title: "There is no such SKU" },
  FAILED_MESSAGE_NOT_FOUND: { status: 404, title: "There is no such failed message" },
  REDRIVE_JOB_NOT_FOUND: { status: 404, title: "There is no such redrive" },
  STOCK_BELOW_HELD: { status: 409, title: "More is held for orders than was counted" },
  FAILED_MESSAGE_CHANGED: { status: 409, title: "Somebody acted on the failed message meanwhile" },
  FAILED_MESSAGE_STATUS: { status: 409, title: "The failed message is in no status for this" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body has to be application/json" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "The Idempotency-Key was used for another request" },
  REDRIVE_REFUSED: { status: 422, title: "Sending this again would be in vain" },
  EDIT_REFUSED: { status: 422, title: "The edited body is not what its consumer takes" },
  THROTTLED: { status: 429, title: "Too many requests" },
  INTERNAL: { status: 500, title: "Something failed on our side" },
  BUSY: { status: 503, title: "The backlog is too long to take more orders now" },
  UNAVAILABLE: { status: 503, title: "A service this depends on did not answer" },
  TIMEOUT: { status: 504, title: "The answer took too long" },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Why a message is in the failed-message store: code → what it means. */
export const REASONS = {
  MALFORMED_JSON: "The body is not a JSON object.",
  BAD_ENCODING: "The body holds bytes or keys that are refused.",
  ENVELOPE_MISMATCH: "An SNS envelope came where raw delivery is configured.",
  INVALID_EVENT: "The event does not match its schema.",
  UNSUPPORTED_VERSION: "The event's schema version is not known here.",
  UNKNOWN_TYPE: "The event's type is not known here.",
  UNKNOWN_ORDER: "The order of this event does not exist.",
  STATE_CONFLICT: "The order's status contradicts the event.",
  EVENT_CONTRADICTS_ORDER: "The lines of the event differ from those of the order.",
  STOCK_MISMATCH: "The stock row holds less than the order does.",
  OUTCOME_UNKNOWN: "The mail may or may not have been sent; sending again could double it.",
  REFUSED: "The mail provider refused the message for good.",
  EXPIRED: "The message was older than the consumer takes.",
  RETRIES_EXHAUSTED: "Each attempt failed; the last error is on the row.",
  PUBLISH_FAILED: "The topic did not take the event.",
  NO_REPORT: "The function left no reason: it timed out, crashed, was throttled or never ran.",
  NEVER_RETURNED: "The message was sent again and was not seen since.",
  BAD_DLQ_RETRY_COUNT: "The redrive counter on the message is not a number from 0 to 3.",
} as const satisfies Record<string, string>;
export type Reason = keyof typeof REASONS;
