import type { Reason } from "./register.ts";

/** The outcome of one message, the same for every transport. */
export type Outcome =
  /** This message had the effect. */
  | { readonly kind: "done" }
  /** The effect existed before. */
  | { readonly kind: "duplicate" }
  /** There is deliberately no effect; `why` goes to the audit line. */
  | { readonly kind: "ignored"; readonly why: string }
  /** A later attempt may succeed. The message is negative-acknowledged, or postponed as by `postpone`. */
  | {
      readonly kind: "retry";
      readonly error?: unknown;
      readonly afterSeconds?: number;
      readonly isPostponed?: true;
    }
  /** No attempt can succeed. The message is stored in the failed-message table and acknowledged. */
  | { readonly kind: "park"; readonly reason: Reason; readonly error?: unknown };

export const DONE: Outcome = { kind: "done" };
export const DUPLICATE: Outcome = { kind: "duplicate" };

export function ignored(why: string): Outcome {
  return { kind: "ignored", why };
}

export function retry(error: unknown, afterSeconds?: number): Outcome {
  return afterSeconds === undefined ? { kind: "retry", error } : { kind: "retry", error, afterSeconds };
}

/**
 * The attempt does not count: the message is sent to its queue again and acknowledged. A transport without that retries
 * it.
 */
export function postpone(error: unknown, afterSeconds: number): Outcome {
  return { kind: "retry", error, afterSeconds, isPostponed: true };
}

export function park(reason: Reason, error?: unknown): Outcome {
  return error === undefined ? { kind: "park", reason } : { kind: "park", reason, error };
}

/** Thrown in place of returning `park(reason)`: no attempt can succeed. */
export class Unprocessable extends Error {
  override readonly name = "Unprocessable";
  readonly reason: Reason;

  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The outcome of a thrown error: an error that is not known to be permanent is retried. */
export function classify(error: unknown): Outcome {
  return error instanceof Unprocessable ? park(error.reason, error) : retry(error);
}
