/** Names that the engine itself writes. A service adds its own to them. */

/** Reasons of failed messages: code → meaning. */
export const ENGINE_REASONS = {
  MALFORMED_JSON: "The body is not a JSON object.",
  BAD_ENCODING: "The body holds invalid bytes or a forbidden key.",
  INVALID_EVENT: "The event does not match its schema.",
  EXPIRED: "The message was older than the maximum age of the consumer.",
  RETRIES_EXHAUSTED: "Each attempt failed; the row holds the last error.",
} as const satisfies Record<string, string>;

/** HTTP problems: code → status and title. */
export const ENGINE_PROBLEMS = {
  MALFORMED_JSON: { status: 400, title: "The body is not valid JSON" },
  BAD_ENCODING: { status: 400, title: "The body is not valid UTF-8 or base64" },
  INVALID_REQUEST: { status: 400, title: "The request does not match the schema" },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: "The Idempotency-Key header is required" },
  IDEMPOTENCY_KEY_INVALID: { status: 400, title: "The Idempotency-Key header is not usable" },
  NOT_FOUND: { status: 404, title: "There is nothing at this address" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body must be application/json" },
  INTERNAL: { status: 500, title: "Internal server error" },
  UNAVAILABLE: { status: 503, title: "A service that the API depends on did not reply" },
} as const satisfies Problems;

/** Problem codes with their HTTP status and title. */
export type Problems = Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** Keys of the table of effects: the partition key is the id of the event, the sort key the consumer whose effect is marked. */
export const EFFECT_KEYS = { partition: "eventId", sort: "consumer" } as const;

/** Metrics of a consumer. Times are in milliseconds. */
export const CONSUMER_METRICS = {
  received: "mq.messages.received",
  consumed: "mq.messages.consumed",
  duplicate: "mq.messages.duplicate",
  ignored: "mq.messages.ignored",
  failed: "mq.messages.failed",
  parked: "mq.messages.parked",
  processingTime: "mq.processing.time",
  messageAge: "mq.message.age",
} as const;

/** Attributes (headers on Kafka) of a message that is retried from a dead-letter queue, or redriven. */
export const RETRY_ATTRIBUTES = { dlqRetryCount: "dlqRetryCount", redriveId: "redriveId" } as const;

/** Attributes of a message that is parked in a queue. */
export const PARKED_ATTRIBUTES = { reason: "parkedReason", error: "parkedError" } as const;

/** Bytes of a message: a queue takes no more, and a row of the failed-message store, of 400 KB, holds one. */
export const MESSAGE_BYTES = 262_144;

/** Environment variables that a consumer's function gets with its queue. */
export const CONSUMER_VARIABLES = {
  /** URL of the consumer's queue, for the visibility back-off. */
  queueUrl: "QUEUE_URL",
  maxReceiveCount: "MAX_RECEIVE_COUNT",
} as const;

/** URL of the queue where a consumer parks messages. */
export const PARKING_VARIABLE = "PARKING_QUEUE_URL";
