import { describe, expect, test } from "vitest";
import { CONSUMER_NAMES, QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import type { Effect, Evidence } from "../../../functions/consumers/define-consumer.ts";
import { checkEffect } from "../../../functions/failures/domain/effect-check.ts";
import { type Order, orderIdOfEvent } from "../../../functions/orders/domain/order.ts";
import { order } from "../../fixtures/events.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";
import { undoneForOthers } from "../../fixtures/other-consumers.ts";

const { orderId } = order("1");
const IS_CANCELLED: Partial<Order> = { status: "CANCELLED", version: 3 };

type Case = readonly [
  consumer: string,
  type: string,
  row: Partial<Order> | undefined,
  notification?: Evidence["notification"],
];

const messageOf = ([consumer, type]: Case) =>
  failedRow({ consumer, eventType: `order.${type}`, eventId: `${orderId}:2:order.${type}` });
const evidenceOf = ([consumer, , row, notification = "none"]: Case): Evidence => ({
  order: row === undefined ? undefined : order("1", row),
  notification,
  // Subscribers that these tests do not name have their effect.
  marks: new Set(consumer === "publish-events" ? QUEUE_CONSUMERS : []),
});
const effectOn = (...of: Case): Effect => checkEffect(messageOf(of), evidenceOf(of));
/** Whether the event of a publisher lacks its effect on a subscriber that these tests do not name. */
const isLackedByOthers = (...of: Case) =>
  of[0] === "publish-events" && undoneForOthers(messageOf(of), evidenceOf(of)).length > 0;

test("the effect of an event that contradicts its order is missing, whatever the order status", () => {
  const eventId = `${orderId}:1:order.created`;
  const row = failedRow({ consumer: "order-created", eventType: "order.created", eventId });
  const evidence = {
    order: order("1", { status: "CONFIRMED" }),
    notification: "none",
    marks: new Set<string>(),
  } as const;

  expect(checkEffect(row, evidence)).toEqual({ effect: "done", because: "the order is CONFIRMED" });
  expect(checkEffect({ ...row, reason: "EVENT_CONTRADICTS_ORDER" }, evidence)).toEqual({
    effect: "missing",
    because: "the order is CONFIRMED, with other lines",
  });
});

describe("checkEffect", () => {
  test.each<[string, string, Partial<Order>, string | undefined]>([
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
  ])("%s, order.%s, order %o: %s", (consumer, type, row, because) => {
    const expected =
      because === undefined || isLackedByOthers(consumer, type, row)
        ? { effect: "missing", because: `the order is ${row.status}` }
        : { effect: "done", because: consumer === "publish-events" ? expect.any(String) : because };
    expect(effectOn(consumer, type, row)).toEqual(expected);
  });

  test.each(["notify-customer", "publish-events"])("%s: the effect of a sent mail is done", (consumer) => {
    const mailed: Case = [consumer, "confirmed", { status: "CONFIRMED", version: 2 }, "sent"];

    expect(effectOn(...mailed)).toEqual(
      isLackedByOthers(...mailed)
        ? { effect: "missing", because: "the order is CONFIRMED" }
        : { effect: "done", because: expect.any(String) },
    );
  });

  test.each(["notify-customer", "publish-events"])(
    "H1: %s: the effect of an uncertain mail is never done, superseded or not",
    (consumer) => {
      expect(effectOn(consumer, "confirmed", IS_CANCELLED, "sending").effect).not.toBe("done");
    },
  );

  test.each(CONSUMER_NAMES)("%s, without an order: unknown", (consumer) => {
    expect(effectOn(consumer, "created", undefined)).toEqual({
      effect: "unknown",
      because: "no order belongs to it",
    });
  });

  test.each(CONSUMER_NAMES)("%s, an order without the effect: missing", (consumer) => {
    const type = { "order-cancelled": "cancelled", "notify-customer": "confirmed" }[consumer as string];

    expect(effectOn(consumer, type ?? "created", { status: "PENDING" }).effect).toBe("missing");
  });

  test.each<[Partial<Order> | undefined, Evidence["notification"]]>([
    [undefined, "none"],
    [{ status: "PENDING" }, "none"],
    [{ status: "CONFIRMED", version: 2 }, "sent"],
    [{ ...IS_CANCELLED, stockHeld: false }, "sent"],
  ])("an unknown consumer, order %o, mail %s: unknown", (row, notification) => {
    expect(effectOn("another-deployment", "created", row, notification)).toEqual({
      effect: "unknown",
      because: "no consumer another-deployment is known",
    });
  });

  test("publish-events, an unknown event type: unknown, even after the mail was sent", () => {
    const unheard = effectOn("publish-events", "teleported", { status: "CONFIRMED", version: 3 }, "sent");

    expect(unheard.effect).toBe("unknown");
  });

  test.each([
    ["order-events-kafka", "rejected", "done"],
    ["order-events-rabbitmq", "confirmed", "done"],
    ["order-events-kafka", "unheard-of", "unknown"],
    ["order-created", "rejected", "missing"],
  ])("%s, a message of order.%s that its backbone gave up: %s", (consumer, type, effect) => {
    expect(effectOn(consumer, type, { status: "PENDING" }).effect).toBe(effect);
  });

  test("a foreign order shows no effect", () => {
    const message = failedRow({ eventId: `${order("2").orderId}:1:order.created` });

    expect(
      checkEffect(message, { order: order("1", IS_CANCELLED), notification: "sent", marks: new Set() }),
    ).toEqual({
      effect: "unknown",
      because: "no order belongs to it",
    });
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
