import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mailer } from "../ports/mailer.ts";

/** Refused for good: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors */
const REFUSALS: ReadonlySet<unknown> = new Set([
  "MessageRejected",
  "BadRequestException",
  "MailFromDomainNotVerifiedException",
  "NotFoundException",
]);
const NOT_SENT: ReadonlySet<unknown> = new Set([
  "TooManyRequestsException",
  "LimitExceededException",
  "SendingPausedException",
  "AccountSuspendedException",
  "ThrottlingException",
]);
/** The connection was never there, so neither was the request. */
const UNREACHED: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

/** Without retries of the SDK: one whose first attempt had lost its reply would send a second mail. */
export function sesMailer(sender: string): Mailer {
  const client = new SESv2Client({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 },
  });
  return {
    async send({ to, subject, text }) {
      try {
        await client.send(
          new SendEmailCommand({
            FromEmailAddress: sender,
            Destination: { ToAddresses: [to] },
            Content: {
              Simple: {
                Subject: { Data: subject, Charset: "UTF-8" },
                Body: { Text: { Data: text, Charset: "UTF-8" } },
              },
            },
          }),
        );
        return { kind: "sent" };
      } catch (error) {
        const { name, code } = error as { name?: unknown; code?: unknown };
        if (REFUSALS.has(name)) return { kind: "refused", error };
        return { kind: NOT_SENT.has(name) || UNREACHED.has(code) ? "not-sent" : "unknown", error };
      }
    },
  };
}
