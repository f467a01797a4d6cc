import type { Reason } from "./register.ts";

/** The outcome of one message, the same for every transport. */
export type Outcome =
  /** This message had the effect. */
  | { readonly kind: "done" }
  /** The effect existed before. */
  | { readonly kind: "duplicate" }
  /** There is deliberately no effect; `why` goes to the audit line. */
  | { readonly kind: "ignored"; readonly why: string }
  /** A later attempt may succeed. The message is negative-acknowledged. */
  | { readonly kind: "retry"; readonly error?: unknown; readonly afterSeconds?: number }
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
