import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { OrderEvent, OrderView } from "../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { outcomesOf } from "./audit-lines.ts";
import { line } from "./client.ts";
import { drained, eventAbout, failedKey, put, putTogether } from "./messages.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock, rowsOf } from "./tables.ts";
import { untilTrue } from "./until.ts";

const { target, api, own } = await openTarget();

const created = (order: OrderView) => eventAbout(order, "order.created", 1);
const cancelled = (order: OrderView, version = order.version) =>
  eventAbout(order, "order.cancelled", version);

async function expectParked(consumer: QueueConsumer, event: OrderEvent, reason: string): Promise<void> {
  const row = await api.failed(failedKey(consumer, event), "OPEN");
  expect(row).toMatchObject({ consumer, reason, failures: 1, eventId: event.id, orderId: event.subject });
  expect(JSON.parse((await api.failedBody(row.failedKey)).body)).toEqual(event);
}

/** The order and its stock after its messages are handled. */
const nowOf = async ({ orderId }: OrderView, sku: string) => ({
  order: await api.order(orderId),
  stock: await api.stock(sku),
});

describe("a repeated order.created", () => {
  it("B1, B3: five concurrent duplicates for a CONFIRMED order change nothing", async () => {
    await api.stockUp(own("copied"), 10);
    const order = await api.decidedOrder(own("copied"), 2);
    const before = await nowOf(order, own("copied"));

    await putTogether(
      target,
      "order-created",
      Array.from({ length: 5 }, () => created(order)),
    );
    await drained(target, "order-created");

    expect(await nowOf(order, own("copied"))).toEqual(before);
    await untilTrue("five duplicates are audited", async () => {
      const outcomes = await outcomesOf(target, "order-created", created(order));
      return outcomes.filter((outcome) => outcome === "duplicate").length >= 5;
    });
  });

  it("a REJECTED order stays REJECTED after a stock count", async () => {
    await api.stockUp(own("late"), 1);
    const order = await api.decidedOrder(own("late"), 2);
    await api.stockUp(own("late"), 100);
    const before = await nowOf(order, own("late"));

    await put(target, "order-created", created(order));
    await drained(target, "order-created");

    expect(order.status).toBe("REJECTED");
    expect(await nowOf(order, own("late"))).toEqual(before);
  });

  it("E10: a CANCELLED order whose stock was released does not reserve it again", async () => {
    await api.stockUp(own("given-back"), 3);
    const order = await api.decidedOrder(own("given-back"), 3);
    await api.cancel(order.orderId);
    await untilTrue("the stock is back", async () => (await api.stock(own("given-back"))).available === 3);
    const before = await nowOf(order, own("given-back"));

    await put(target, "order-created", created(order));
    await drained(target, "order-created");

    expect(await nowOf(order, own("given-back"))).toEqual(before);
  });
});

describe("order.cancelled", () => {
  it("B5: five times for a CONFIRMED order releases its stock once", async () => {
    await api.stockUp(own("five-times"), 9);
    const order = await api.decidedOrder(own("five-times"), 4);
    const { body } = await api.cancel(order.orderId);

    await putTogether(
      target,
      "order-cancelled",
      Array.from({ length: 5 }, () => cancelled(body)),
    );
    await drained(target, "order-cancelled");
    await untilTrue("the stock is back", async () => (await api.stock(own("five-times"))).held === 0);

    expect(await api.stock(own("five-times"))).toEqual({
      sku: own("five-times"),
      onHand: 9,
      held: 0,
      available: 9,
    });
    expect(await api.order(order.orderId)).toMatchObject({ status: "CANCELLED", version: 3 });
  });

  it("for a CONFIRMED order without a cancellation is parked, and the order does not change", async () => {
    await api.stockUp(own("kept"), 5);
    const order = await api.decidedOrder(own("kept"), 5);

    await put(target, "order-cancelled", cancelled(order, 3));

    await expectParked("order-cancelled", cancelled(order, 3), "STATE_CONFLICT");
    expect(await api.order(order.orderId)).toEqual(order);
    expect(await api.stock(own("kept"))).toMatchObject({ held: 5 });
  });

  it("for a REJECTED order without a cancellation is parked", async () => {
    const order = await api.decidedOrder(own("no-such-sku"), 1);

    await put(target, "order-cancelled", cancelled(order, 3));

    await expectParked("order-cancelled", cancelled(order, 3), "STATE_CONFLICT");
    expect(await api.order(order.orderId)).toEqual(order);
  });
});

describe("events that contradict their order", () => {
  const unknown: OrderView = {
    orderId: `Z${randomUUID().replaceAll("-", "").slice(0, 25).toUpperCase()}`,
    customerId: "unknown",
    status: "PENDING",
    lines: [line(own("kept"))],
    amount: { currency: "EUR", minorUnits: 450 },
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
  };

  it.each([
    ["order-created", created(unknown)],
    ["order-cancelled", cancelled(unknown, 2)],
    ["notify-customer", eventAbout(unknown, "order.confirmed", 2)],
  ] as const)("%s parks the event of an order that is in no table", async (consumer, event) => {
    await put(target, consumer, event);

    await expectParked(consumer, event, "UNKNOWN_ORDER");
  });

  it.each([
    ["quantity", [line(own("disputed"), 2)]],
    ["SKU", [line(own("copied"), 1)]],
    ["number of lines", [line(own("disputed"), 1), line(own("copied"), 1)]],
  ])("an order.created with another %s than the order is parked", async (_, lines) => {
    await api.stockUp(own("disputed"), 100);
    const order = await api.decidedOrder(own("disputed"), 1);
    const event = created({ ...order, lines });

    await put(target, "order-created", event);

    await expectParked("order-created", event, "EVENT_CONTRADICTS_ORDER");
    expect(await api.order(order.orderId)).toEqual(order);
  });

  it("another body with the id of a parked message is stored beside it", async () => {
    const first = { ...created(unknown), id: `${unknown.orderId}:7:order.created` };
    const event = { ...first, data: { ...first.data, orderVersion: 7 } };
    const other = { ...event, source: "somewhere-else" };

    await put(target, "order-created", event);
    await expectParked("order-created", event, "UNKNOWN_ORDER");
    await put(target, "order-created", other);
    await drained(target, "order-created");

    await expectParked("order-created", event, "UNKNOWN_ORDER");
    const rows = await rowsOf<FailedMessage>(target, "failedMessages");
    const bodies = rows.filter(({ eventId }) => eventId === event.id).map(({ body }) => JSON.parse(body));
    expect(bodies).toHaveLength(2);
    expect(bodies).toEqual(expect.arrayContaining([event, other]));
  });
});

it("I1: the stock of every SKU matches the orders", () => expectExactStock(target));
