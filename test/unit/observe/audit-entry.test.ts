import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditEntry, liveAuditEntry } from "../../../lib/operator/observe/audit-entry.ts";
import { attemptLine } from "../../fixtures/audit-lines.ts";

const operator = (more: object) =>
  JSON.stringify({ audit: "operator", at: 2_000, act: "redrive", by: "olga", outcome: "sent", ...more });

describe("auditEntry", () => {
  test("returns an entry for a finished message, with attempt and reason", () => {
    const line = attemptLine({ outcome: "ignored", why: "superseded", attempt: 3 });

    expect(auditEntry(line, "notify-customer")).toEqual({
      orderId: "ORDER1",
      entry: {
        at: 1_000,
        source: "order-created",
        event: "ORDER1:1:order.created",
        type: "order.created",
        outcome: "ignored",
        attempt: 3,
        detail: "superseded",
      },
    });
  });

  test.each([
    ["publish-events", "done", "published"],
    ["publish-to-kafka", "done", "published"],
    ["publish-events", "park", "park"],
    ["order-created", "done", "done"],
    ["dead-letters", "done", "retried"],
    ["dead-letters", "park", "park"],
  ])("for %s with outcome %s returns %s", (consumer, outcome, shown) => {
    expect(auditEntry(attemptLine({ consumer, outcome }), consumer)?.entry.outcome).toBe(shown);
  });

  test.each([
    ["order-created~ORDER1:1:order.created", "ORDER1:1:order.created"],
    ["order-created~ORDER1:1:order.created~0123456789ab", "ORDER1:1:order.created"],
  ])("reads the order of an operator's change from the key %s", (failedKey, event) => {
    expect(auditEntry(operator({ failedKey }), "failed-messages")).toEqual({
      orderId: "ORDER1",
      entry: {
        at: 2_000,
        source: "operator",
        event,
        type: "order.created",
        outcome: "redrive",
        detail: "olga: sent",
      },
    });
  });

  test.each(["bounced", "complained", "rejected"])("for feedback of a mail that %s returns that", (kind) => {
    const line = attemptLine({ consumer: "mail-feedback", type: `mail.${kind}`, outcome: "done" });

    expect(auditEntry(line, "mail-feedback")?.entry.outcome).toBe(kind);
  });

  test("names the consumer and the reason of a pause", () => {
    const line = operator({
      act: "pause",
      consumer: "notify-customer",
      why: "mail is down",
      outcome: undefined,
    });

    expect(liveAuditEntry(line, "consumers")).toMatchObject({
      source: "operator",
      outcome: "pause",
      detail: "notify-customer, olga (mail is down)",
    });
  });

  test("has the source maintenance for a change that maintenance continued", () => {
    const line = operator({ failedKey: "order-created~ORDER1:1:order.created" });

    expect(auditEntry(line, "maintenance")?.entry.source).toBe("maintenance");
  });

  test.each([
    ["a message without an event id", attemptLine({ eventId: undefined })],
    ["a key that is a hash", operator({ failedKey: `order-created~${"a".repeat(64)}` })],
    ["a change of several messages", operator({ act: "redrive many", jobId: "j" })],
    ["a metrics line", '{"_aws":{"Timestamp":1}}'],
    ["a truncated line", '{"audit":"attempt","at":1'],
    ["text", "started"],
  ])("returns undefined for %s", (_, line) => {
    expect(auditEntry(line, "order-created")).toBeUndefined();
  });

  test("never throws for any fields", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("at", "eventId", "failedKey", "outcome", "type"), fc.jsonValue()),
        (more) => {
          auditEntry(attemptLine(more), "x");
          auditEntry(operator(more), "x");
        },
      ),
    );
  });
});
