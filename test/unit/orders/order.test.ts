import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOrderEvent } from "../../../functions/contract/validators.js";
import {
  eventOf,
  eventOfChange,
  linesDigest,
  newOrder,
  orderIdOf,
  viewOf,
} from "../../../functions/orders/domain/order.ts";
import { line, NOW, order, request } from "../../fixtures/events.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("the order id", () => {
  test("is always the same for the same customer and key", () => {
    // With another value, an order that is repeated across the deployment would be placed twice.
    expect(orderIdOf("customer-1", "key-1")).toBe("4HJEV3D88TQ7AEGBV0AXRDABNG");
  });

  test("A5: differs for another key and for another customer with the same key", () => {
    const ids = [orderIdOf("a", "1"), orderIdOf("a", "2"), orderIdOf("b", "1"), orderIdOf("a\n1", "")];

    expect(new Set(ids).size).toBe(4);
  });

  test("has 26 characters of base32 for any input", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (customer, key) =>
        /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(orderIdOf(customer, key)),
      ),
    );
  });
});

describe("a new order", () => {
  test("is PENDING at version 1, with merged lines, an exact total and no stock held", () => {
    const lines = [line({ sku: "B" }), line({ sku: "A", quantity: 2 }), line({ sku: "B" })];
    const placed = newOrder(request({ lines }), "key-1", NOW, TRACE);

    expect(placed).toEqual({
      orderId: orderIdOf("customer-1", "key-1"),
      customerId: "customer-1",
      contact: { email: "ada@example.com" },
      lines: [line({ sku: "A", quantity: 2 }), line({ sku: "B", quantity: 2 })],
      linesDigest: linesDigest(placed.lines),
      currency: "EUR",
      minorUnits: 1_800,
      status: "PENDING",
      version: 1,
      requestHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      traceparent: TRACE,
      createdAt: "2026-01-01T12:00:00.000Z",
      updatedAt: "2026-01-01T12:00:00.000Z",
    });
  });

  test("A2: hashes every field of the request, independent of the order of its lines", () => {
    const hash = (changes: Parameters<typeof request>[0], trace?: string) =>
      newOrder(request(changes), "key-1", NOW, trace).requestHash;
    const others = [
      hash({ customerId: "customer-2" }),
      hash({ contact: { email: "bob@example.com" } }),
      hash({ currency: "USD" }),
      hash({ lines: [line({ quantity: 2 })] }),
      hash({ lines: [line({ sku: "TEA-2" })] }),
      hash({ lines: [line({ unitPrice: 451 })] }),
    ];

    expect(new Set([hash({}), ...others]).size).toBe(7);
    expect(hash({}, TRACE)).toBe(hash({}));
    expect(hash({ lines: [line({ sku: "B" }), line({ sku: "A" })] })).toBe(
      hash({ lines: [line({ sku: "A" }), line({ sku: "B" })] }),
    );
  });
});

test("the digest of lines depends on SKU, quantity and price", () => {
  const variants = [line(), line({ sku: "TEA-2" }), line({ quantity: 2 }), line({ unitPrice: 1 })];

  expect(new Set(variants.map((each) => linesDigest([each]))).size).toBe(4);
  expect(linesDigest([])).not.toBe(linesDigest([line()]));
});

test("the view of an order omits the contact and the internal fields", () => {
  const row = order("1", { status: "REJECTED", version: 2, reason: { code: "OUT_OF_STOCK", sku: "TEA-1" } });

  expect(viewOf(row)).toEqual({
    orderId: row.orderId,
    customerId: "customer-1",
    status: "REJECTED",
    reason: { code: "OUT_OF_STOCK", sku: "TEA-1" },
    lines: [line()],
    amount: { currency: "EUR", minorUnits: 450 },
    version: 2,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  });
  expect(viewOf(order("1"))).not.toHaveProperty("reason");
});

describe("the event of a change", () => {
  const pending = order("1");
  const types = {
    PENDING: "created",
    CONFIRMED: "confirmed",
    REJECTED: "rejected",
    CANCELLED: "cancelled",
  } as const;

  test.each(Object.entries(types))("to %s is order.%s, and fits its schema", (status, type) => {
    const reason = { code: "UNKNOWN_SKU", sku: "TEA-1" } as const;
    const row = order("1", { status: status as keyof typeof types, version: 3, traceparent: TRACE, reason });

    const event = eventOf(row);

    expect(event).toEqual({
      specversion: "1.0",
      id: `${row.orderId}:3:order.${type}`,
      type: `order.${type}`,
      source: "order-events",
      subject: row.orderId,
      time: row.updatedAt,
      dataschema: "urn:order-events:order:1",
      traceparent: TRACE,
      data: {
        customerId: "customer-1",
        orderVersion: 3,
        lines: [line()],
        amount: { currency: "EUR", minorUnits: 450 },
        reason,
      },
    });
    expect(isOrderEvent(event)).toBe(true);
  });

  test("J1: holds no contact", () => {
    expect(JSON.stringify(eventOf(pending))).not.toContain("ada@example.com");
  });

  test("exists if and only if the row is inserted or its status differs", () => {
    const confirmed = order("1", { status: "CONFIRMED", version: 2, stockHeld: true });
    const cancelled = order("1", { status: "CANCELLED", version: 3, stockHeld: true });

    expect(eventOfChange(undefined, pending)?.type).toBe("order.created");
    expect(eventOfChange(pending, confirmed)?.type).toBe("order.confirmed");
    expect(eventOfChange(confirmed, cancelled)?.type).toBe("order.cancelled");
    expect(eventOfChange(cancelled, { ...cancelled, stockHeld: false })).toBeUndefined();
    expect(eventOfChange(confirmed, undefined)).toBeUndefined();
    expect(eventOfChange(undefined, undefined)).toBeUndefined();
  });

  test("omits missing fields of the row", () => {
    expect(eventOf(pending)).not.toHaveProperty("traceparent");
    expect(eventOf(pending).data).not.toHaveProperty("reason");
  });
});
