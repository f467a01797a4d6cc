import type { Mail, Mailbox } from "../services/mailbox.ts";
import type { MetricStore } from "./metric-store.ts";

/**
 * Records the rates of bounces and complaints at each mail, as SES does for an account. Unlike in AWS, mails to the
 * addresses of the mailbox simulator count: no other address of the emulator bounces. Returns the function that stops.
 */
export function recordReputation(mailbox: Mailbox, metrics: MetricStore): () => void {
  const counts = { sent: 0, bounced: 0, complained: 0 };
  const count = ({ outcome }: Mail) => {
    if (outcome === undefined) return;
    counts.sent += 1;
    if (outcome === "bounced" || outcome === "suppressed") counts.bounced += 1;
    if (outcome === "complained") counts.complained += 1;
    const record = (name: string, mails: number) =>
      metrics.record({ namespace: "AWS/SES", name, dimensions: {} }, mails / counts.sent);
    record("Reputation.BounceRate", counts.bounced);
    record("Reputation.ComplaintRate", counts.complained);
  };
  return mailbox.onMail(count);
}
