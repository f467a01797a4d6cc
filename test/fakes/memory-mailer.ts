import type { Mail, Mailer, Sent } from "../../functions/orders/ports/mailer.ts";

/** A provider that keeps what it sends. `answer` is what the caller hears; by default, the truth. */
export interface MemoryMailer extends Mailer {
  readonly outbox: Mail[];
  answer: (mail: Mail) => Sent;
}

export function memoryMailer(): MemoryMailer {
  const outbox: Mail[] = [];
  const mailer: MemoryMailer = {
    outbox,
    answer: () => ({ kind: "sent" }),
    async send(mail) {
      const sent = mailer.answer(mail);
      // A lost reply is the reply to a mail that went out.
      if (sent.kind === "sent" || sent.kind === "unknown") outbox.push(mail);
      return sent;
    },
  };
  return mailer;
}
