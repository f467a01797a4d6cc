import type { Reason } from "./register.ts";

/** What became of one message; the same on every transport. */
export type Outcome =
  /** The effect is there now, by this message. */
  | { readonly kind: "done" }
  /** The effect was there before. */
  | { readonly kind: "duplicate" }
  /** There is deliberately no effect; `why` goes to the audit line. */
  | { readonly kind: "ignored"; readonly why: string }
  /** It may work later. The message is negative-acknowledged. */
  | { readonly kind: "retry"; readonly error?: unknown; readonly afterSeconds?: number }
  /** It will never work. The message goes to the failed-message store. */
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

/** Thrown where returning is awkward: this message will never work. */
export class Unprocessable extends Error {
  override readonly name = "Unprocessable";
  readonly reason: Reason;

  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Every exception has exactly one outcome; what is not known to be permanent is tried again. */
export function classify(error: unknown): Outcome {
  return error instanceof Unprocessable ? park(error.reason, error) : retry(error);
}
