import { ENGINE_PROBLEMS } from "../middleware/engine-names.ts";

/**
 * Error codes of the API: code → status and title. The response adds detail, pointer and request id. They are stable:
 * clients match on them.
 */
export const PROBLEMS = {
  ...ENGINE_PROBLEMS,
  TOO_MANY_LINES: { status: 400, title: "The order has too many distinct SKUs" },
  PRICE_CONTRADICTION: { status: 400, title: "Two lines of one SKU have different prices" },
  FORBIDDEN: { status: 403, title: "The caller has no permission for this" },
  ORDER_NOT_FOUND: { status: 404, title: "There is no such order" },
  SKU_NOT_FOUND: { status: 404, title: "There is no such SKU" },
  FAILED_MESSAGE_NOT_FOUND: { status: 404, title: "There is no such failed message" },
  JOB_NOT_FOUND: { status: 404, title: "There is no such job" },
  CONSUMER_NOT_FOUND: { status: 404, title: "There is no such consumer" },
  STOCK_BELOW_HELD: { status: 409, title: "Fewer units were counted than are held for orders" },
  ORDER_STATUS: { status: 409, title: "The order's status does not allow this" },
  FAILED_MESSAGE_CHANGED: { status: 409, title: "The failed message was changed meanwhile" },
  FAILED_MESSAGE_STATUS: { status: 409, title: "The status of the failed message does not allow this" },
  JOB_STATUS: { status: 409, title: "The status of the job does not allow this" },
  CONSUMER_STATE: { status: 409, title: "The state of the consumer does not allow this" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: "The Idempotency-Key was used for another request" },
  REDRIVE_REFUSED: { status: 422, title: "A redrive would fail again or do harm" },
  REPLAY_REFUSED: { status: 422, title: "This event cannot be sent to this consumer again" },
  EDIT_REFUSED: { status: 422, title: "The consumer does not accept the edited body" },
  THROTTLED: { status: 429, title: "Too many requests" },
  BUSY: { status: 503, title: "The backlog is too long to accept new orders" },
  TIMEOUT: { status: 504, title: "The response took too long" },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** The detail of a request that no policy of its caller permits. */
export const ACCESS_DENIED = "The caller has no permission for this operation.";

/** The `type` of a problem (RFC 9457). `about:blank` would require the phrase of the HTTP status as the title. */
export const problemType = (code: string): string => `urn:order-events:problem:${code}`;

declare module "../middleware/register.ts" {
  interface Register {
    readonly problem: keyof typeof PROBLEMS;
  }
}
