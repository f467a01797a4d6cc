import { describe, expect, test } from "vitest";
import { type Evidence, effectSettledBecause } from "../../../functions/failures/domain/effect-check.ts";
import { type Order, orderIdOfEvent } from "../../../functions/orders/domain/order.ts";
import { order } from "../../fixtures/events.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";

const { orderId } = order("1");
const IS_CANCELLED: Partial<Order> = { status: "CANCELLED", version: 3 };

function verdict(
  consumer: string,
  type: string,
  row: Partial<Order> | undefined,
  notification: Evidence["notification"] = "none",
): string | undefined {
  const message = failedRow({ consumer, eventType: `order.${type}`, eventId: `${orderId}:2:order.${type}` });
  return effectSettledBecause(message, {
    order: row === undefined ? undefined : order("1", row),
    notification,
  });
}

test("an event that contradicts its order is not resolved by later changes of the order", () => {
  const eventId = `${orderId}:1:order.created`;
  const row = failedRow({ consumer: "order-created", eventType: "order.created", eventId });
  const evidence = { order: order("1", { status: "CONFIRMED" }), notification: "none" } as const;

  expect(effectSettledBecause(row, evidence)).toBe("the order is CONFIRMED");
  expect(effectSettledBecause({ ...row, reason: "EVENT_CONTRADICTS_ORDER" }, evidence)).toBeUndefined();
});

describe("effectSettledBecause", () => {
  test.each<[string, string, Partial<Order> | undefined, string | undefined]>([
    ["order-created", "created", undefined, undefined],
    ["order-created", "created", { status: "PENDING" }, undefined],
    ["order-created", "created", { status: "CONFIRMED" }, "the order is CONFIRMED"],
    ["order-created", "created", { status: "REJECTED" }, "the order is REJECTED"],
    ["order-created", "created", IS_CANCELLED, "the order is CANCELLED"],
    ["order-cancelled", "cancelled", { status: "CONFIRMED", stockHeld: true }, undefined],
    ["order-cancelled", "cancelled", { status: "CONFIRMED" }, undefined],
    ["order-cancelled", "cancelled", { ...IS_CANCELLED, stockHeld: true }, undefined],
    ["order-cancelled", "cancelled", { ...IS_CANCELLED, stockHeld: false }, "no stock is held"],
    ["order-cancelled", "cancelled", IS_CANCELLED, "no stock is held"],
    ["notify-customer", "confirmed", { status: "CONFIRMED", version: 2 }, undefined],
    ["notify-customer", "confirmed", { status: "PENDING", version: 1 }, undefined],
    ["notify-customer", "confirmed", IS_CANCELLED, "the order has changed since"],
    ["publish-events", "created", { status: "PENDING" }, undefined],
    ["publish-events", "created", { status: "CONFIRMED" }, "the order is CONFIRMED"],
    ["publish-events", "cancelled", { ...IS_CANCELLED, stockHeld: true }, undefined],
    ["publish-events", "cancelled", { ...IS_CANCELLED, version: 2, stockHeld: false }, undefined],
    ["publish-events", "confirmed", { status: "CONFIRMED", version: 2 }, undefined],
    ["publish-events", "confirmed", IS_CANCELLED, "the order has changed since"],
    ["somebody-else", "created", { status: "CONFIRMED" }, undefined],
  ])("%s, order.%s, order %o: %s", (consumer, type, row, because) => {
    expect(verdict(consumer, type, row)).toBe(because);
  });

  test.each(["notify-customer", "publish-events"])("%s: a sent mail needs no operator", (consumer) => {
    expect(verdict(consumer, "confirmed", { status: "CONFIRMED", version: 2 }, "sent")).toBe(
      "the mail was sent",
    );
  });

  test.each(["notify-customer", "publish-events"])(
    "H1: %s: a mail whose outcome is unknown waits for an operator, superseded or not",
    (consumer) => {
      expect(verdict(consumer, "confirmed", IS_CANCELLED, "sending")).toBeUndefined();
    },
  );

  test("an order that is not the event's proves nothing", () => {
    const message = failedRow({ eventId: `${order("2").orderId}:1:order.created` });

    expect(
      effectSettledBecause(message, { order: order("1", IS_CANCELLED), notification: "sent" }),
    ).toBeUndefined();
  });
});

test.each([
  [`${orderId}:1:order.created`, orderId],
  [`${orderId}:1:order.`, undefined],
  [`${orderId}:x:order.created`, undefined],
  [`${orderId}0:1:order.created`, undefined],
  [`x${orderId}:1:order.created`, undefined],
  [`${orderId}:1:order.created `, undefined],
  ["", undefined],
  [undefined, undefined],
])("the order of the event id %s is %s", (id, expected) => {
  expect(orderIdOfEvent(id)).toBe(expected);
});
