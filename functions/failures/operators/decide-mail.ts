import { declarationOf, isQueueConsumer } from "../../consumers/consumers.ts";
import { Problem } from "../../middleware/problem.ts";
import { SEND_WITHIN_MS } from "../../orders/send-notifications.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import type { Findings } from "../domain/redrive-decision.ts";
import type { ActPorts } from "../operator-ports.ts";

/** The outcome of a mail in doubt, as the operator found out. */
export type MailDecision = "sent" | "not-sent";

/**
 * No attempt with a claim of this age still sends: it began in time or never, and the provider has had half a minute
 * to answer. The exception cannot be waited out: an attempt that was frozen inside the call to the provider and goes
 * on when its function is invoked again.
 */
export const ATTEMPT_MS = SEND_WITHIN_MS + 30_000;

/** The findings with the operator's decision in place of the stored state. Writes nothing. */
export function applyMailDecision(
  row: FailedMessage,
  findings: Findings,
  decision: MailDecision | undefined,
): Findings {
  if (decision === undefined) return findings;
  if (!sendsMail(row) || row.eventId === undefined) {
    throw new Problem("REDRIVE_REFUSED", {
      detail: "This message sends no mail: redrive it without the field mail.",
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

const sendsMail = ({ consumer }: FailedMessage) =>
  isQueueConsumer(consumer) && declarationOf(consumer).effect.isInDoubt !== undefined;

/**
 * Stores the decision before the message is sent or resolved. `sent` records the mail as sent; `not-sent` revokes its claim, so
 * that the next message may send it. Idempotent. Throws a Problem while an attempt may still be in progress.
 */
export async function recordMailDecision(
  ports: ActPorts,
  { failedKey, eventId }: FailedMessage,
  decision: MailDecision | undefined,
  by: string,
): Promise<void> {
  if (decision === undefined) return;
  if (eventId === undefined) throw new Error(`${failedKey} has no event, and so no mail.`);
  const { notifications, clock } = ports;
  if (decision === "sent") await notifications.markSent(eventId, clock.now());
  else await revokeClaim(ports, eventId);
  ports.audit({ act: `mail ${decision}`, failedKey, by });
}

async function revokeClaim({ notifications, clock }: ActPorts, eventId: string): Promise<void> {
  const answer = await notifications.revokeClaim(eventId, clock.now() - ATTEMPT_MS);
  if (answer === "sent") {
    throw new Problem("FAILED_MESSAGE_CHANGED", {
      detail: "The mail was marked as sent meanwhile: there is nothing left to send. Read the message again.",
    });
  }
  if (answer === "claimed recently") {
    throw new Problem("REDRIVE_REFUSED", {
      detail: "An attempt to send this mail began less than a minute ago. Try again once it is over.",
    });
  }
}
