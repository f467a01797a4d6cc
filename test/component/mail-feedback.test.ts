import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import { PARKED_ATTRIBUTES } from "../../functions/middleware/engine-names.ts";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { order } from "../fixtures/events.ts";
import { type SqsRecordChanges, sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { ADDRESS, bounce, complaint, delivery, reject } from "../fixtures/ses-feedback.ts";
import { operator } from "./operator-api.ts";
import { invoke, newRig, queueUrlOf, type Rig } from "./rig.ts";
import { failed, outcomes, put, refuse } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const confirmed = (key = "1"): Order => put(order(key, { status: "CONFIRMED", version: 2, stockHeld: true }));
const receive = (feedback: object | string, changes: SqsRecordChanges = {}) =>
  invoke(
    "mail-feedback",
    sqsEvent(
      sqsRecord(typeof feedback === "string" ? feedback : JSON.stringify(feedback), {
        messageId: "m",
        ...changes,
      }),
    ),
  );
const mail = (row: Order) => invoke("notify-customer", sqsEvent(sqsRecord(eventOf(row), { messageId: "m" })));
const suppressed = () => [...rig.tables.rows.suppressed.values()];

describe("H6: feedback of a mail", () => {
  test.each([
    ["bounced", bounce],
    ["complained", complaint],
  ])("that %s suppresses its address, and its row shows it", async (because, feedback) => {
    const row = confirmed();
    const { id } = eventOf(row);
    await mail(row);

    expect(await receive(feedback(id))).toEqual(reported());

    expect(suppressed()).toEqual([{ because, since: "2026-01-01T12:00:00.000Z", eventId: id }]);
    expect(rig.tables.rows.feedback.get(id)).toBe(because);
    expect(rig.out.lines().at(-1)).toMatchObject({
      consumer: "mail-feedback",
      type: `mail.${because}`,
      eventId: id,
      outcome: "done",
    });
    expect(rig.out.total(METRICS.consumed, `mail.${because}`)).toBe(1);
  });

  test("of which the address has other letters and spaces suppresses the address as the orders have it", async () => {
    await receive(bounce(undefined, { to: [" Ada@EXAMPLE.com "] }));

    expect(await rig.tables.suppressions.among([ADDRESS])).toEqual(new Set([ADDRESS]));
  });

  test("that comes twice is a duplicate", async () => {
    const { id } = eventOf(confirmed());

    for (const messageId of ["m1", "m2"]) await receive(bounce(id), { messageId });

    expect(outcomes()).toEqual(["done", "duplicate"]);
    expect(suppressed()).toHaveLength(1);
  });

  test("that is delayed changes nothing and is counted", async () => {
    const { id } = eventOf(confirmed());

    await receive(bounce(id, { type: "Transient", subType: "MailboxFull" }));
    await receive(bounce(id, { type: "Undetermined" }));

    expect(suppressed()).toEqual([]);
    expect(rig.tables.rows.feedback.size).toBe(0);
    expect(rig.out.total(METRICS.ignored, "mail.delayed")).toBe(2);
  });

  test("that was rejected suppresses nothing and is counted for its alarm", async () => {
    const { id } = eventOf(confirmed());

    await receive(reject(id));
    await receive(reject(id));

    expect(suppressed()).toEqual([]);
    expect(rig.tables.rows.feedback.get(id)).toBe("rejected");
    expect(rig.out.total(METRICS.mailsRejected)).toBe(1);
  });

  test("that arrives before the mail was marked as sent leaves no mail in doubt", async () => {
    const row = confirmed();
    const { id } = eventOf(row);
    await rig.tables.notifications.claim(id, rig.clock.now());

    await receive(bounce(id));
    await rig.tables.notifications.markSent(id, rig.clock.now());

    expect(await rig.tables.notifications.state(id)).toBe("sent");
    expect(rig.tables.rows.feedback.get(id)).toBe("bounced");
  });

  test("proves that a mail of unknown outcome was sent: its message is a duplicate afterwards", async () => {
    const row = confirmed();
    const { id } = eventOf(row);
    rig.mailer.answer = () => ({ kind: "unknown", error: new Error("socket hang up") });
    await mail(row);
    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);

    await receive(complaint(id));

    expect(await rig.tables.notifications.state(id)).toBe("sent");
  });

  test("of another sender's mail suppresses its address and has no row", async () => {
    await receive(bounce());

    expect(suppressed()).toEqual([{ because: "bounced", since: "2026-01-01T12:00:00.000Z" }]);
    expect(rig.tables.rows.feedback.size).toBe(0);
  });

  test.each([
    [
      "the test message of SES",
      "Successfully validated SNS topic for Amazon SES event publishing.",
      "test message",
    ],
    ["a delivery", JSON.stringify(delivery()), "no bounce"],
    ["a report that a mail is no spam", JSON.stringify(complaint(undefined, "not-spam")), "no bounce"],
  ])("that is %s is ignored", async (_, body, why) => {
    expect(await receive(body)).toEqual(reported());

    expect(rig.out.lines()).toMatchObject([{ outcome: "ignored", why: expect.stringContaining(why) }]);
    expect(suppressed()).toEqual([]);
    expect(rig.queues.sent).toEqual([]);
  });

  test.each([
    ["no JSON", "<bounce>", "MALFORMED_JSON"],
    ["a list", "[]", "INVALID_EVENT"],
    ["an object without a type", "{}", "INVALID_EVENT"],
    [
      "a bounce without a mail",
      '{"eventType":"Bounce","bounce":{"bounceType":"Permanent"}}',
      "INVALID_EVENT",
    ],
    [
      "a bounce without a time",
      JSON.stringify({
        eventType: "Bounce",
        bounce: { bounceType: "Permanent" },
        mail: { destination: [ADDRESS] },
      }),
      "INVALID_EVENT",
    ],
    ["a bounce with __proto__", '{"eventType":"Bounce","__proto__":{}}', "BAD_ENCODING"],
  ])(
    "that is %s waits in its own dead-letter queue, never in the failed-message table",
    async (_, body, reason) => {
      expect(await receive(body)).toEqual(reported());

      expect(rig.queues.sent).toMatchObject([
        {
          queueUrl: queueUrlOf("mail-feedback-dlq"),
          body,
          attributes: { [PARKED_ATTRIBUTES.reason]: reason },
        },
      ]);
      expect(failed()).toEqual([]);
    },
  );

  test("that cannot be stored is received again, alone", async () => {
    const [one, other] = [confirmed("1"), confirmed("2")];
    let attempts = 0;
    rig.faults.before = (call) => {
      if (call === "suppressions.suppress" && ++attempts === 1) throw new Error("throttled");
    };
    const records = [one, other].map((row, i) =>
      sqsRecord(JSON.stringify(bounce(eventOf(row).id)), { messageId: `m${i}` }),
    );

    expect(await invoke("mail-feedback", sqsEvent(...records))).toEqual(reported("m0"));
    expect(failed()).toEqual([]);
  });

  test("leaves no address in a line", async () => {
    await receive(bounce(eventOf(confirmed()).id));
    await receive(complaint());
    refuse("suppressions.suppress", new Error("down"));
    await receive(bounce(undefined, { to: ["grace@example.com"] }));

    expect(rig.out.text()).not.toMatch(/ada@|grace@/);
  });
});

describe("H6: a suppressed address", () => {
  beforeEach(async () => {
    const { id } = eventOf(confirmed("before"));
    await receive(bounce(id));
  });

  test("gets no further mail: the message is ignored and its mail skipped", async () => {
    const row = confirmed("next");

    expect(await mail(row)).toEqual(reported());

    expect(rig.mailer.outbox).toEqual([]);
    expect(rig.out.lines().at(-1)).toMatchObject({
      consumer: "notify-customer",
      eventId: eventOf(row).id,
      outcome: "ignored",
      why: expect.stringContaining("suppressed"),
    });
    expect(rig.tables.rows.mails.get(eventOf(row).id)).toBe("skipped");
    expect(failed()).toEqual([]);
  });

  test("costs other addresses of the same batch nothing, and one read for all", async () => {
    const rows = [
      confirmed("a"),
      put(order("b", { status: "CONFIRMED", version: 2, contact: { email: "grace@example.com" } })),
    ];
    const { length } = rig.calls;

    await invoke("notify-customer", sqsEvent(...rows.map((row) => sqsRecord(eventOf(row)))));

    expect(rig.mailer.outbox.map(({ to }) => to)).toEqual(["grace@example.com"]);
    expect(rig.calls.slice(length).filter((call) => call.startsWith("suppressions."))).toEqual([
      "suppressions.among",
    ]);
  });

  test("with a claim of an earlier attempt leaves that for an operator", async () => {
    const row = confirmed("next");
    rig.tables.rows.mails.set(eventOf(row).id, "sending");

    await mail(row);

    expect(failed()).toMatchObject([{ reason: "OUTCOME_UNKNOWN" }]);
  });

  test("that cannot be looked up is looked up again later", async () => {
    refuse("suppressions.among");

    expect(await mail(confirmed("next"))).toEqual(reported("m"));
    expect(rig.mailer.outbox).toEqual([]);
  });
});

describe("POST /mails/unsuppress", () => {
  const unsuppress = (body: object = {}) =>
    operator("POST /mails/unsuppress", { body: { email: ADDRESS, why: "the mailbox exists", ...body } });

  test("shows a suppression in a dry run and changes nothing", async () => {
    const { id } = eventOf(confirmed());
    await receive(bounce(id));

    expect(await unsuppress({ dryRun: true })).toMatchObject({
      status: 200,
      body: { outcome: "would lift", because: "bounced", since: "2026-01-01T12:00:00.000Z", eventId: id },
    });
    expect(await rig.tables.suppressions.get(ADDRESS)).toBeDefined();
  });

  test("lifts a suppression, so that the next order is mailed, and audits it without the address", async () => {
    await receive(bounce());

    expect((await unsuppress()).body).toMatchObject({ outcome: "lifted", because: "bounced" });
    await mail(confirmed());

    expect(rig.mailer.outbox).toHaveLength(1);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "operator", act: "unsuppress", addressHash: expect.any(String) }),
    );
    expect(rig.out.text()).not.toContain(ADDRESS);
  });

  test("is not undone by feedback from before, but by a later one", async () => {
    await receive(bounce());
    rig.clock.advance(60_000);
    await unsuppress();

    await receive(bounce());
    expect(await rig.tables.suppressions.get(ADDRESS)).toBeUndefined();
    await receive(bounce(undefined, { at: new Date(rig.clock.now() + 1_000).toISOString() }));

    expect(await rig.tables.suppressions.get(ADDRESS)).toBeDefined();
  });

  test("lifts the suppression of the address of an order, which neither answer nor log shows", async () => {
    const { orderId } = confirmed();
    await receive(bounce());
    const ofOrder = () =>
      operator("POST /mails/unsuppress", { body: { orderId, why: "the mailbox exists" } });

    expect(await ofOrder()).toMatchObject({ status: 200, body: { outcome: "lifted", because: "bounced" } });
    expect((await ofOrder()).body).toEqual({ outcome: "not suppressed" });
    expect(rig.out.text()).not.toContain(ADDRESS);
  });

  test("refuses an unknown order, and anything but one of address and order", async () => {
    const orderId = "0".repeat(26);

    expect(await unsuppress({ email: undefined, orderId })).toMatchObject({
      status: 404,
      body: { code: "ORDER_NOT_FOUND" },
    });
    for (const named of [{ orderId }, { email: undefined }]) {
      expect(await unsuppress(named)).toMatchObject({ status: 400, body: { code: "INVALID_REQUEST" } });
    }
  });

  test("of an address that gets mails says so", async () => {
    expect((await unsuppress()).body).toEqual({ outcome: "not suppressed" });
  });

  test("refuses what is no address", async () => {
    expect(await unsuppress({ email: "Ada <ada@example.com>" })).toMatchObject({
      status: 400,
      body: { code: "INVALID_REQUEST", pointer: "/email" },
    });
  });
});
