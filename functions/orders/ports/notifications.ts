import type { FeedbackKind } from "../domain/feedback.ts";

/** Records which mails were sent, so that none is sent twice. The key is the event id. */
export interface Notifications {
  /**
   * MUST return `claimed` to exactly one caller. A claim that an attempt of this call wrote whose reply was lost counts
   * as `claimed`.
   */
  claim(eventId: string, now: number): Promise<"claimed" | "sending" | "sent" | "skipped">;
  /**
   * Records an unclaimed mail as not wanted any more. MUST make every later `claim` fail: a message that was read while
   * the mail was wanted could otherwise claim it, crash, and leave a mail in doubt without a trace. Idempotent.
   */
  skip(eventId: string, now: number, because?: string): Promise<"skipped" | "sending" | "sent">;
  markSent(eventId: string, now: number): Promise<void>;
  /**
   * Records the provider's feedback of a mail. The feedback proves that the mail was sent: a claim becomes `sent`, also
   * where its attempt left no outcome, or no row. Returns whether the row did not show this feedback before.
   */
  recordFeedback(eventId: string, feedback: FeedbackKind, at: number): Promise<boolean>;
  /**
   * Removes the claim that this caller made at `claimedAt`, the `now` of its `claim`, because the mail was certainly not
   * sent. MUST NOT touch a sent mail, nor a later claim: of another caller, or of this one in an attempt that began
   * while the earlier was frozen.
   */
  release(eventId: string, claimedAt: number): Promise<void>;
  /**
   * Removes a claim of any caller from before `claimedBefore` (milliseconds since the epoch), because an operator found
   * out that the mail was not sent. MUST NOT touch a sent mail, nor a later claim.
   */
  revokeClaim(eventId: string, claimedBefore: number): Promise<"revoked" | "sent" | "claimed recently">;
  /** A skipped mail is `none`: no attempt has begun to send it. */
  state(eventId: string): Promise<"none" | "sending" | "sent">;
}
