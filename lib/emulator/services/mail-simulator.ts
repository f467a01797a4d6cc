import { ACCOUNT } from "../assembly/identities.ts";
import type { Mail } from "./mailbox.ts";

/** What becomes of an accepted mail. */
export type MailOutcome = "delivered" | "bounced" | "suppressed" | "complained";

/** With a label or without, as `bounce+1@simulator.amazonses.com`: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
const SIMULATED = /^(success|ooto|bounce|suppressionlist|complaint)(\+[^@]*)?@simulator\.amazonses\.com$/i;
const OUTCOMES: Readonly<Record<string, MailOutcome>> = {
  bounce: "bounced",
  suppressionlist: "suppressed",
  complaint: "complained",
};

/** The outcome of a mail to an address: that of AWS's mailbox simulator, and delivered for any other. */
export function outcomeOf(address: string): MailOutcome {
  return OUTCOMES[SIMULATED.exec(address)?.[1]?.toLowerCase() ?? ""] ?? "delivered";
}

/** An event of a mail, as SES publishes it. */
export interface MailEvent {
  /** As a destination names it: `bounce`. */
  readonly type: "send" | "delivery" | "bounce" | "complaint";
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SentWith {
  readonly configurationSet: string;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly region: string;
}

/**
 * The events of a mail, in the order of their publication:
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
 */
export function mailEvents(mail: Mail, sentWith: SentWith): readonly MailEvent[] {
  const own = mailObject(mail, sentWith);
  const timestamp = own.timestamp;
  const recipients = (...outcomes: readonly MailOutcome[]) =>
    mail.to.filter((address) => outcomes.includes(outcomeOf(address)));
  const feedbackId = `${mail.id}-feedback`;
  const addresses = (found: readonly string[]) => found.map((emailAddress) => ({ emailAddress }));
  const bounce = (found: readonly string[], details: Readonly<Record<string, unknown>>): MailEvent[] =>
    found.length === 0
      ? []
      : [
          {
            type: "bounce",
            body: {
              eventType: "Bounce",
              bounce: { bounceType: "Permanent", ...details, timestamp, feedbackId },
              mail: own,
            },
          },
        ];
  const delivered = recipients("delivered", "complained");
  const complained = recipients("complained");
  return [
    { type: "send", body: { eventType: "Send", mail: own, send: {} } },
    ...(delivered.length === 0
      ? []
      : [
          {
            type: "delivery",
            body: {
              eventType: "Delivery",
              mail: own,
              delivery: {
                timestamp,
                processingTimeMillis: 0,
                recipients: delivered,
                smtpResponse: "250 2.6.0 Message received",
                reportingMTA: "mta.example.com",
              },
            },
          } as const,
        ]),
    ...bounce(recipients("bounced"), {
      bounceSubType: "General",
      bouncedRecipients: recipients("bounced").map((emailAddress) => ({
        emailAddress,
        action: "failed",
        status: "5.1.1",
        diagnosticCode: "smtp; 550 5.1.1 user unknown",
      })),
      reportingMTA: "dsn; mta.example.com",
    }),
    ...bounce(recipients("suppressed"), {
      bounceSubType: "Suppressed",
      bouncedRecipients: recipients("suppressed").map((emailAddress) => ({
        emailAddress,
        action: "failed",
        status: "5.1.1",
        diagnosticCode:
          "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.",
      })),
      reportingMTA: "dns; amazonses.com",
    }),
    ...(complained.length === 0
      ? []
      : [
          {
            type: "complaint",
            body: {
              eventType: "Complaint",
              complaint: {
                complainedRecipients: addresses(complained),
                timestamp,
                feedbackId,
                userAgent: "Amazon SES Mailbox Simulator",
                complaintFeedbackType: "abuse",
                arrivalDate: timestamp,
              },
              mail: own,
            },
          } as const,
        ]),
  ];
}

function mailObject({ id, at, from, to, subject }: Mail, { configurationSet, tags, region }: SentWith) {
  const address = /<([^>]+)>\s*$/.exec(from)?.[1] ?? from;
  return {
    timestamp: new Date(at).toISOString(),
    source: from,
    sourceArn: `arn:aws:ses:${region}:${ACCOUNT}:identity/${address}`,
    sendingAccountId: ACCOUNT,
    messageId: id,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: "From", value: from },
      { name: "To", value: to.join(", ") },
      { name: "Subject", value: subject },
    ],
    commonHeaders: { from: [from], to, messageId: id, subject },
    tags: {
      "ses:configuration-set": [configurationSet],
      "ses:source-ip": ["127.0.0.1"],
      "ses:from-domain": [address.split("@").at(-1) ?? ""],
      ...tags,
    },
  };
}
