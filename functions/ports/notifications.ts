/** Remembers which mails went out, so that none goes out twice. The key is the event id. */
export interface Notifications {
  /**
   * MUST let exactly one caller have `claimed`. A claim that this very call wrote in an attempt whose reply
   * was lost counts as `claimed`.
   */
  claim(eventId: string, now: number): Promise<"claimed" | "sending" | "sent">;
  markSent(eventId: string, now: number): Promise<void>;
  /**
   * Takes back this caller's claim after the mail was certainly not sent. MUST leave a sent one alone, and one
   * that another caller made since.
   */
  release(eventId: string): Promise<void>;
  /**
   * Takes back a claim of whoever made it before `claimedBefore` (milliseconds since the epoch), because a person
   * found out that the mail was not sent. MUST leave a sent one alone, and one that was claimed since.
   */
  disown(eventId: string, claimedBefore: number): Promise<"disowned" | "sent" | "claimed lately">;
  state(eventId: string): Promise<"none" | "sending" | "sent">;
}
