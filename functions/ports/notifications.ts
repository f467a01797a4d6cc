/** Remembers which mails went out, so that none goes out twice. The key is the event id. */
export interface Notifications {
  /**
   * MUST let exactly one caller have `claimed`. A claim that this very call wrote in an attempt whose reply
   * was lost counts as `claimed`.
   */
  claim(eventId: string, now: number): Promise<"claimed" | "sending" | "sent">;
  markSent(eventId: string, now: number): Promise<void>;
  /** Takes back a claim after the mail was certainly not sent. MUST leave a sent one alone. */
  release(eventId: string): Promise<void>;
  state(eventId: string): Promise<"none" | "sending" | "sent">;
}
