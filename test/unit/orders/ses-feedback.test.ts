import { describe, expect, test } from "vitest";
import { decodeSesFeedback, tagOfEvent } from "../../../functions/adapters/ses-feedback.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { NOW, order } from "../../fixtures/events.ts";
import { ADDRESS, bounce, complaint, reject } from "../../fixtures/ses-feedback.ts";

const decode = (feedback: object) => decodeSesFeedback(JSON.stringify(feedback));
const { id } = eventOf(order("1"));

describe("the tag of an event", () => {
  test.each(EVENT_TYPES)("has characters that SES takes, and names the event: %s", (type) => {
    const eventId = `${id.split(":")[0]}:12:${type}`;
    const tag = tagOfEvent(eventId);

    expect(tag).toMatch(/^[\w-]{1,256}$/);
    expect(decode(bounce(eventId))).toMatchObject({ kind: "message", eventId, lane: eventId });
  });

  test.each([
    "",
    "order",
    "A_1_order-confirmed",
    "01J9ZQ3V5W8X2Y4Z6A7B8C9D0E_x_order-confirmed",
    "constructor",
  ])("that another sender set to %j names no event", (tag) => {
    const feedback = bounce();
    const decoded = decode({ ...feedback, mail: { ...feedback.mail, tags: { event: [tag] } } });

    expect(decoded).toMatchObject({ kind: "message", type: "mail.bounced" });
    expect(decoded).not.toHaveProperty("eventId");
  });
});

describe("feedback of SES", () => {
  test("of a bounce is about the address that the mail was sent to, not the one it was forwarded to", () => {
    expect(decode(bounce(id, { bounced: ["forwarded@elsewhere.example"] }))).toMatchObject({
      type: "mail.bounced",
      message: { kind: "bounced", addresses: [ADDRESS], at: NOW, eventId: id },
    });
  });

  test("of a mail to several addresses is about those that bounced", () => {
    const feedback = bounce(undefined, {
      to: [ADDRESS, "grace@example.com"],
      bounced: ["grace@example.com"],
    });

    expect(decode(feedback)).toMatchObject({ message: { addresses: ["grace@example.com"] } });
  });

  test.each([
    ["Permanent", "bounced"],
    ["Transient", "delayed"],
    ["Undetermined", "delayed"],
  ] as const)("of a %s bounce is %s", (type, kind) => {
    expect(decode(bounce(id, { type }))).toMatchObject({ message: { kind } });
  });

  test.each(["General", "NoEmail", "Suppressed", "OnAccountSuppressionList"])(
    "of a permanent bounce of the kind %s is bounced",
    (subType) => {
      expect(decode(bounce(id, { subType }))).toMatchObject({ message: { kind: "bounced" } });
    },
  );

  test.each([
    ["complained", complaint(id)],
    ["rejected", reject(id)],
  ])("%s", (kind, feedback) => {
    expect(decode(feedback)).toMatchObject({ type: `mail.${kind}`, message: { kind, at: NOW } });
  });

  test.each([
    ["a text", '"x"'],
    ["null", "null"],
    [
      "numbers in place of texts",
      '{"eventType":"Bounce","bounce":{"bounceType":1},"mail":{"destination":[1]}}',
    ],
    ["a list in place of the mail", '{"eventType":"Complaint","complaint":[],"mail":[]}'],
    ["null everywhere", '{"eventType":"Bounce","bounce":null,"mail":null}'],
  ])("that is %s is malformed, and its detail holds no value", (_, text) => {
    const decoded = decodeSesFeedback(text);

    expect(decoded.kind).toBe("malformed");
    expect(JSON.stringify(decoded)).not.toContain("@");
  });
});
