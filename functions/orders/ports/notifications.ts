/** Remembers which mails went out, so that none goes out twice. The key is the event id. */
export interface Notifications {
  /**
   * MUST let exactly one caller have `claimed`. A claim that this very call wrote in an attempt whose reply
   * was lost counts as `claimed`.
   */
  claim(eventId: string, now: number): Promise<"claimed" | "sending" | "sent" | "skipped">;
  /**
   * Writes that this mail is not wanted any more, unless somebody has claimed it. MUST let no later call of `claim` have
   * it: a copy that was read while the mail was wanted would claim it, might die, and leave a mail in doubt that no
   * other copy tells of. Repeating it answers the same.
   */
  skip(eventId: string, now: number): Promise<"skipped" | "sending" | "sent">;
  markSent(eventId: string, now: number): Promise<void>;
  /**
   * Takes back the claim that this caller made at `claimedAt`, the `now` it gave, after the mail was certainly not
   * sent. MUST leave a sent one alone, and one that was made since: by another caller, or by this one in an attempt
   * that began while the earlier was frozen.
   */
  release(eventId: string, claimedAt: number): Promise<void>;
  /**
   * Takes back a claim of whoever made it before `claimedBefore` (milliseconds since the epoch), because a person
   * found out that the mail was not sent. MUST leave a sent one alone, and one that was claimed since.
   */
  disown(eventId: string, claimedBefore: number): Promise<"disowned" | "sent" | "claimed lately">;
  /** A mail that was skipped is `none`: nobody has begun to send it. */
  state(eventId: string): Promise<"none" | "sending" | "sent">;
}
