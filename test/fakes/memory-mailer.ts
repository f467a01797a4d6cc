import type { Mail, Mailer, Sent } from "../../functions/orders/ports/mailer.ts";

/** A provider that keeps sent mails. `answer` overrides the result. */
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
      // Where the reply is lost, the mail was sent.
      if (sent.kind === "sent" || sent.kind === "unknown") outbox.push(mail);
      return sent;
    },
  };
  return mailer;
}
