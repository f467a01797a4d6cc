import { jsonDecoder, type StandardSchema } from "../middleware/json-decoder.ts";
import type { Decoded } from "../middleware/transport.ts";
import type { FeedbackKind, MailFeedback } from "../orders/domain/feedback.ts";

/** The tag of a mail that names its event. */
export const EVENT_TAG = "event";

/** A tag takes letters, digits, `_` and `-`, of which an event id has none: `<order>_2_order-confirmed`. */
export function tagOfEvent(eventId: string): string {
  return eventId.replaceAll(":", "_").replaceAll(".", "-");
}

function eventOfTag(tag: string): string | undefined {
  return /^[0-9A-Z]{26}_\d{1,16}_[a-z]+-[a-z]+$/.test(tag)
    ? tag.replaceAll("_", ":").replaceAll("-", ".")
    : undefined;
}

/** SES sends it to the topic once, when the destination is made. */
const TEST_MESSAGE = /^Successfully validated SNS topic/;

/**
 * Feedback that SES publishes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 * A fault names fields, never addresses.
 */
export function decodeSesFeedback(text: string): Decoded<MailFeedback> {
  if (TEST_MESSAGE.test(text)) return { kind: "empty", why: "the test message of SES" };
  const decoded = decode(text);
  if (decoded.kind === "malformed") return decoded;
  const { message } = decoded;
  if (message === undefined) return { kind: "empty", why: "no bounce, complaint or rejection" };
  const { eventId } = message;
  return {
    kind: "message",
    message,
    type: `mail.${message.kind}`,
    ...(eventId !== undefined && { eventId, lane: eventId }),
  };
}

/** `undefined` for an event of another kind, such as a delivery. */
const FEEDBACK: StandardSchema<MailFeedback | undefined> = {
  "~standard": {
    validate(value) {
      const issues = (message: string, ...path: readonly string[]) => ({ issues: [{ message, path }] });
      const { eventType, mail, bounce, complaint } = recordOf(value);
      if (typeof eventType !== "string") return issues("is not a text", "eventType");
      const kind = kindOf(eventType, recordOf(bounce), recordOf(complaint));
      if (kind === undefined) return { value: undefined };
      const { destination, tags, timestamp } = recordOf(mail);
      const sentTo = textsIn(destination);
      if (sentTo.length === 0) return issues("names no address", "mail", "destination");
      const about = recordOf(kind === "complained" ? complaint : bounce);
      const at = Date.parse(String(about["timestamp"] ?? timestamp));
      if (Number.isNaN(at)) return issues("is not a time", "mail", "timestamp");
      const [tag = ""] = textsIn(recordOf(tags)[EVENT_TAG]);
      const eventId = eventOfTag(tag);
      // The recipient of a bounce may be an address that a mailbox forwards to: the own one is certain.
      const addresses = sentTo.length === 1 ? sentTo : recipientsOf(about);
      return { value: { kind, addresses, at, ...(eventId !== undefined && { eventId }) } };
    },
  },
};

const decode = jsonDecoder({ schema: FEEDBACK, type: (message) => message?.kind ?? "none" });

type Json = Readonly<Record<string, unknown>>;

function kindOf(eventType: string, bounce: Json, complaint: Json): FeedbackKind | undefined {
  switch (eventType) {
    case "Bounce":
      return bounce["bounceType"] === "Permanent" ? "bounced" : "delayed";
    case "Complaint":
      // A report that a mail is no spam has the form of a complaint.
      return complaint["complaintFeedbackType"] === "not-spam" ? undefined : "complained";
    case "Reject":
      return "rejected";
    default:
      return undefined;
  }
}

function recipientsOf({ bouncedRecipients, complainedRecipients }: Json): readonly string[] {
  const recipients = bouncedRecipients ?? complainedRecipients;
  return Array.isArray(recipients) ? textsIn(recipients.map((each) => recordOf(each)["emailAddress"])) : [];
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string" && each !== "") : [];
}
