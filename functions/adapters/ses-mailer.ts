import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mailer } from "../orders/ports/mailer.ts";
import { type ClientTimeouts, clientConfig } from "./client-timeouts.ts";
import { EVENT_TAG, tagOfEvent } from "./ses-feedback.ts";

/**
 * One attempt: a second one, after a lost reply, would send a second mail. Its time-out is longer than others, because
 * an operator has to find out the outcome of a mail without a reply. A connection for each mail: one that was kept may
 * have died while the function was frozen, and the reset of the next mail would look like a lost reply.
 */
export const MAIL_TIMEOUTS: ClientTimeouts = { attempts: 1, replyMs: 5_000, keepAlive: false };

/** Permanent refusals: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors */
const REFUSALS: ReadonlySet<unknown> = new Set([
  "MessageRejected",
  "BadRequestException",
  "MailFromDomainNotVerifiedException",
  "NotFoundException",
]);
/** The rate of the account or its quota of a day is used up. */
const THROTTLES: ReadonlySet<unknown> = new Set([
  "TooManyRequestsException",
  "LimitExceededException",
  "ThrottlingException",
  "Throttling",
]);
/** Without the address of the provider the request was never sent. */
const UNRESOLVED: ReadonlySet<unknown> = new Set(["ENOTFOUND", "EAI_AGAIN"]);
/** The SDK's error where its time-out for connecting ends a request. It has no code. */
const NO_CONNECTION = /did not establish a connection/;

interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  /** Of the operating system: `connect`, or `read` and `write` once there is a connection. */
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Mails from this address. `configurationSet` names the one that returns their feedback; without it there is none. */
export function sesMailer(sender: string, configurationSet?: string, timeouts = MAIL_TIMEOUTS): Mailer {
  const client = new SESv2Client(clientConfig(timeouts));
  return {
    async send({ to, subject, text, eventId }) {
      try {
        await client.send(
          new SendEmailCommand({
            FromEmailAddress: sender,
            Destination: { ToAddresses: [to] },
            ...(configurationSet !== undefined && {
              ConfigurationSetName: configurationSet,
              EmailTags: [{ Name: EVENT_TAG, Value: tagOfEvent(eventId) }],
            }),
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
        const { name, $metadata } = error as SdkError;
        if (REFUSALS.has(name)) return { kind: "refused", error };
        if (THROTTLES.has(name)) return { kind: "throttled", error };
        const status = $metadata?.httpStatusCode ?? 0;
        // SES refused the request: not allowed, wrong signature.
        const wasDeclined = status >= 400 && status < 500;
        return { kind: wasDeclined || isUnreached(error as SdkError) ? "not-sent" : "unknown", error };
      }
    },
  };
}

/** Whether there was no connection, so that nothing was sent. A connection that was reset may have carried the mail. */
function isUnreached({ name, code, syscall, message }: SdkError): boolean {
  if (syscall === "connect" || UNRESOLVED.has(code)) return true;
  return name === "TimeoutError" && NO_CONNECTION.test(String(message));
}
