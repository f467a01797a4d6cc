import type { ProblemCode } from "./register.ts";

export interface ProblemExtras {
  /** One sentence for a person: what was wrong and what would be right. Never personal data. */
  readonly detail?: string;
  /** JSON Pointer into the request body. */
  readonly pointer?: string;
  /** Every field at fault, the first one included. */
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string }[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
}

/** An answer other than success. `http()` has the status of its code, and turns it into problem details (RFC 9457). */
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
