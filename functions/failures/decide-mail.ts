import { Problem } from "../middleware/problem.ts";
import { SEND_WITHIN_MS } from "../orders/send-notifications.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { Findings } from "./domain/redrive-decision.ts";
import type { ActPorts } from "./operator-ports.ts";

/** What a person found out about a mail whose outcome nobody knew. */
export type MailDecision = "sent" | "not-sent";

/**
 * A claim of this age belongs to no attempt that still sends: it began in time or never, and the provider has had
 * half a minute to answer. What remains is an attempt that was frozen inside the call to the provider itself and goes on when
 * its function is invoked again: nobody can wait that out.
 */
export const ATTEMPT_MS = SEND_WITHIN_MS + 30_000;

/** What is known of a message once a person has said what became of its mail. Changes nothing. */
export function withDecision(
  row: FailedMessage,
  findings: Findings,
  decision: MailDecision | undefined,
): Findings {
  if (decision === undefined) return findings;
  if (row.consumer !== "notify-customer" || row.eventId === undefined) {
    throw new Problem("REDRIVE_REFUSED", {
      detail: "This message sends no mail: redrive it without saying what became of one.",
      pointer: "/mail",
    });
  }
  const { notification } = findings.evidence;
  if (notification === "sent") return findings;
  return {
    ...findings,
    evidence: { ...findings.evidence, notification: decision === "sent" ? "sent" : "none" },
  };
}

/**
 * Writes down what a person decided, before anything is done on the strength of it: the mail counts as sent, or its
 * claim is taken away so that the next copy may send it. Repeating it changes nothing. Throws a Problem while an
 * attempt may still be under way.
 */
export async function writeDecision(
  ports: ActPorts,
  { failedKey, eventId = "" }: FailedMessage,
  decision: MailDecision | undefined,
  by: string,
): Promise<void> {
  if (decision === undefined) return;
  const { notifications, clock } = ports;
  if (decision === "sent") await notifications.markSent(eventId, clock.now());
  else await disown(ports, eventId);
  ports.audit({ act: `mail ${decision}`, failedKey, by });
}

async function disown({ notifications, clock }: ActPorts, eventId: string): Promise<void> {
  const answer = await notifications.disown(eventId, clock.now() - ATTEMPT_MS);
  if (answer === "sent") {
    throw new Problem("FAILED_MESSAGE_CHANGED", {
      detail: "The mail was marked as sent meanwhile. Look again: there is nothing left to send.",
    });
  }
  if (answer === "claimed lately") {
    throw new Problem("REDRIVE_REFUSED", {
      detail: "An attempt to send this mail began less than a minute ago. Look again when it is over.",
    });
  }
}
