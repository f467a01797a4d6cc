import type { Mail, Mailer } from "../../../../functions/orders/ports/mailer.ts";
import type { ErrorReply } from "../engine/port-calls.ts";

/** Part of each address, so that personal data in a wrong place is found. */
export const CANARY = "canary";
/** Addresses that the provider refuses permanently. */
export const REFUSED_ADDRESS = `${CANARY}-refused`;

/** The mail provider. `delivered` counts mails by subject, which names the order and the event. */
export interface Mailbox extends Mailer {
  readonly delivered: Map<string, number>;
}

export function mailbox(): Mailbox {
  const delivered = new Map<string, number>();
  return {
    delivered,
    async send(mail: Mail) {
      if (mail.to.includes(REFUSED_ADDRESS)) {
        return { kind: "refused", error: new Error(`${mail.to} is not a verified address.`) };
      }
      delivered.set(mail.subject, (delivered.get(mail.subject) ?? 0) + 1);
      return { kind: "sent" };
    },
  };
}

/** The adapter either is sure that the provider was not reached, or cannot tell. */
export const mailErrors: ErrorReply = (_, error, wasApplied) =>
  wasApplied || error.name === "TimeoutError" ? { kind: "unknown", error } : { kind: "not-sent", error };
