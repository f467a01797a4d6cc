import { PROBLEMS, type ProblemCode } from "../contract/errors.ts";

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

/** A refused request. `http()` turns it into problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(extras.detail ?? PROBLEMS[code].title);
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.extras = extras;
  }
}
