import type { Evidence } from "../../consumers/define-consumer.ts";
import type { MailDecision } from "../../contract/failures.ts";
import { Problem } from "../../middleware/problem.ts";
import { SEND_WITHIN_MS } from "../../orders/send-notifications.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import type { Actor, ActPorts } from "../operator-ports.ts";

/**
 * No attempt with a claim of this age still sends: it began in time or never, and the provider has had half a minute
 * to answer. The exception cannot be waited out: an attempt that was frozen inside the call to the provider and goes
 * on when its function is invoked again.
 */
export const ATTEMPT_MS = SEND_WITHIN_MS + 30_000;

/**
 * Stores the decision before the message is sent or resolved. `sent` records the mail as sent; `not-sent` revokes its claim, so
 * that the next message may send it. Of a mail that is known to be sent, there is nothing to store. Idempotent. Throws a
 * Problem while an attempt may still be in progress.
 */
export async function recordMailDecision(
  ports: ActPorts,
  { failedKey, eventId }: FailedMessage,
  { notification }: Evidence,
  decision: MailDecision | undefined,
  { by, jobId }: Pick<Actor, "by" | "jobId">,
): Promise<void> {
  if (decision === undefined || notification === "sent") return;
  if (eventId === undefined) throw new Error(`${failedKey} has no event, and so no mail.`);
  const { notifications, clock } = ports;
  if (decision === "sent") await notifications.markSent(eventId, clock.now());
  else await revokeClaim(ports, eventId);
  ports.audit({ act: `mail ${decision}`, failedKey, jobId, by });
}

/** The reason of a redrive, with the decision on its mail, for the history. */
export const whyWithMail = (why: string, decision: MailDecision | undefined): string =>
  decision === "not-sent" ? `the mail was not sent; ${why}` : why;

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
