import { DONE, DUPLICATE, ignored, type Outcome } from "../middleware/outcome.ts";
import { type MailFeedback, suppresses } from "./domain/feedback.ts";
import type { Notifications } from "./ports/notifications.ts";
import type { Suppressions } from "./ports/suppressions.ts";

/**
 * Stores the provider's feedback: addresses that bounced for good or complained are suppressed, and the row of the mail
 * shows the feedback. Idempotent.
 */
export function recordMailFeedback(ports: {
  readonly suppressions: Suppressions;
  readonly notifications: Notifications;
  /** Counts a mail that the provider rejected after it had accepted it. */
  readonly onRejected?: () => void;
}) {
  const { suppressions, notifications } = ports;
  return async ({ kind, addresses, eventId, at }: MailFeedback): Promise<Outcome> => {
    if (kind === "delayed") return ignored("a later attempt may be delivered");
    const changes: Promise<boolean>[] = [];
    if (suppresses(kind)) {
      const since = new Date(at).toISOString();
      const why = eventId === undefined ? { because: kind, since } : { because: kind, since, eventId };
      for (const address of addresses) changes.push(suppressions.suppress(address, why));
    }
    if (eventId !== undefined) changes.push(notifications.recordFeedback(eventId, kind, at));
    const changed = await Promise.all(changes);
    if (!changed.includes(true) && changes.length > 0) return DUPLICATE;
    if (kind === "rejected") ports.onRejected?.();
    return DONE;
  };
}
