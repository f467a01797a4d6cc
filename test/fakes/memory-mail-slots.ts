import type { MailSlots } from "../../functions/orders/ports/mailer.ts";

/** Times of mails in memory. `reply` delays each answer. */
export function memoryMailSlots(reply: () => Promise<void> = async () => {}): MailSlots {
  let freeFrom = 0;
  return {
    async book(at, intervalMs) {
      const taken = freeFrom > at && freeFrom <= at + 120_000 ? freeFrom : undefined;
      if (taken === undefined) freeFrom = at + intervalMs;
      await reply();
      return taken;
    },
  };
}
