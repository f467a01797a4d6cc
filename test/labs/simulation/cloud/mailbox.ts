import type { Mail, Mailer } from "../../../../functions/orders/ports/mailer.ts";
import type { ErrorReply } from "../engine/port-calls.ts";

/** In every address, so that personal data is found wherever it should not be. */
export const CANARY = "canary";
/** Addresses that the provider refuses for good. */
export const REFUSED_ADDRESS = `${CANARY}-refused`;

/** The mail provider: everything that reached a customer, by subject, which names the order and what happened. */
export interface Mailbox extends Mailer {
  readonly delivered: Map<string, number>;
}

export function mailbox(): Mailbox {
  const delivered = new Map<string, number>();
  return {
    delivered,
    async send(mail: Mail) {
      if (mail.to.includes(REFUSED_ADDRESS)) {
        return { kind: "refused", error: new Error(`${mail.to} is not an address of ours.`) };
      }
      delivered.set(mail.subject, (delivered.get(mail.subject) ?? 0) + 1);
      return { kind: "sent" };
    },
  };
}

/** The adapter knows that the provider was not reached, or it knows nothing. */
export const mailErrors: ErrorReply = (_, error, wasApplied) =>
  wasApplied || error.name === "TimeoutError" ? { kind: "unknown", error } : { kind: "not-sent", error };
