export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The event that the mail is about: the provider's feedback names it. */
  readonly eventId: string;
}

/** The result of one attempt. The mailer MUST NOT retry: a second send could double the mail. */
export type Sent =
  | { readonly kind: "sent" }
  /** The provider refused it for good: bad address, blocked recipient. */
  | { readonly kind: "refused"; readonly error: unknown }
  /** It was certainly not sent, because the rate or the quota of the sender is used up. */
  | { readonly kind: "throttled"; readonly error: unknown }
  /** It was certainly not sent: declined for another reason, or never reached the provider. */
  | { readonly kind: "not-sent"; readonly error: unknown }
  /** The reply was lost: it may have been sent. */
  | { readonly kind: "unknown"; readonly error: unknown };

export interface Mailer {
  send(mail: Mail): Promise<Sent>;
}

/** The times at which one instance of a function may send, over all of its invocations. */
export interface MailPace {
  /** Waits for the next time; false, without waiting, where it is not before `until` (milliseconds since the epoch). */
  next(until: number): Promise<boolean>;
  /** Nothing is sent for so long: the provider refused a mail for its rate. */
  holdOff(ms: number): void;
}

/** The times at which all instances together may send. */
export interface MailSlots {
  /**
   * Books a time (milliseconds since the epoch), after which the next is free `intervalMs` later. Where another instance
   * booked that time or a later one, MUST return the time that is free then, and book nothing.
   */
  book(at: number, intervalMs: number): Promise<number | undefined>;
}
