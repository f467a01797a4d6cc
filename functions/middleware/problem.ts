import type { ProblemCode } from "./register.ts";

export interface ProblemExtras {
  /** One sentence for the caller: the fault and the rule. No personal data. */
  readonly detail?: string;
  /** JSON Pointer into the request body. */
  readonly pointer?: string;
  /** All fields at fault, the first one included. */
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string }[];
  /** Seconds until a repeat of the request may succeed. */
  readonly retryAfterSeconds?: number;
}

/** A refused request. `http()` turns it into problem details (RFC 9457), with the status of its code. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(extras.detail ?? code);
    this.code = code;
    this.extras = extras;
  }
}
