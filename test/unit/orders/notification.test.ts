import { describe, expect, test } from "vitest";
import { composeMail, relevance } from "../../../functions/orders/domain/notification.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { line, order } from "../../fixtures/events.ts";

const lines = [line({ sku: "A", quantity: 2, unitPrice: 450 }), line({ sku: "B", unitPrice: 1 })];

test.each([
  [1, "ahead"],
  [2, "current"],
  [3, "superseded"],
])("H4: the mail of an event at version 3 against a row at version %i + 1 is %s", (version, verdict) => {
  const event = eventOf(order("1", { status: "CANCELLED", version: 3 }));

  expect(relevance(event, order("1", { version: version + 1 }))).toBe(verdict);
});

describe("composeMail", () => {
  test.each([
    ["CONFIRMED", "is confirmed"],
    ["REJECTED", "could not be accepted"],
    ["CANCELLED", "is cancelled"],
  ] as const)("states that a %s order %s", (status, words) => {
    const row = order("1", { status, version: 2 }, lines);

    expect(composeMail(eventOf(row), row)).toEqual({
      eventId: eventOf(row).id,
      to: "ada@example.com",
      subject: `Your order ${row.orderId} ${words}`,
      text: `Your order ${row.orderId} ${words}.\n\n  2 × A\n  1 × B\n\nTotal: 9.01 EUR\n`,
    });
  });

  test.each([
    [{ code: "UNKNOWN_SKU", sku: "A" }, "we do not carry A."],
    [{ code: "OUT_OF_STOCK", sku: "B" }, "there is not enough of B in stock."],
  ] as const)("explains a rejection %o", (reason, words) => {
    const row = order("1", { status: "REJECTED", version: 2, reason }, lines);

    expect(composeMail(eventOf(row), row).text).toContain(`\n\nReason: ${words}\n\n  2 × A`);
  });
});
