import { sha256 } from "../../middleware/sha256.ts";

/**
 * What the mail provider reports of a mail that it accepted:
 * - `bounced`: it never arrives at this address;
 * - `delayed`: it could not be delivered now, and a later mail may be;
 * - `complained`: its reader marked it as spam;
 * - `rejected`: the provider did not send it, because of its content.
 */
export type FeedbackKind = "bounced" | "delayed" | "complained" | "rejected";

export interface MailFeedback {
  readonly kind: FeedbackKind;
  /** Those that the feedback is about. */
  readonly addresses: readonly string[];
  /** The event that the mail was about; absent for a mail of another sender. */
  readonly eventId?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The kinds after which an address gets no more mails. */
export type Suppressing = Extract<FeedbackKind, "bounced" | "complained">;

export function suppresses(kind: FeedbackKind): kind is Suppressing {
  return kind === "bounced" || kind === "complained";
}

/** Stands for an address without showing it. Providers ignore the case of the part before the @, as does this. */
export function addressHash(address: string): string {
  return sha256(address.trim().toLowerCase());
}
