import { describe, expect, it } from "vitest";
import { line } from "./client.ts";
import { mailed } from "./mails.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock } from "./tables.ts";
import { untilTrue } from "./until.ts";

const { target, api, own } = await openTarget();

describe("an order", () => {
  it("is PENDING when it is accepted, then CONFIRMED, and holds its stock", async () => {
    await api.stockUp(own("tea"), 10);

    const { status, body } = await api.place({ lines: [line(own("tea"), 3)] });
    const order = await api.become(body.orderId);

    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: "PENDING",
      version: 1,
      amount: { currency: "EUR", minorUnits: 1350 },
    });
    expect(order).toMatchObject({ status: "CONFIRMED", version: 2, lines: [line(own("tea"), 3)] });
    expect(await api.stock(own("tea"))).toEqual({ sku: own("tea"), onHand: 10, held: 3, available: 7 });
  });

  it("sends its customer one mail", async () => {
    await api.stockUp(own("mailed"), 1);

    const { orderId } = await api.decidedOrder(own("mailed"), 1, { email: "grace@example.com" });

    await mailed(target, { orderId }, "is confirmed");
    const about = (await target.mails()).filter(({ subject }) => subject.includes(orderId));
    expect(about).toEqual([
      expect.objectContaining({ to: ["grace@example.com"], subject: `Your order ${orderId} is confirmed` }),
    ]);
  });

  it("is REJECTED where stock is short, and reserves nothing", async () => {
    await api.stockUp(own("scarce"), 2);

    const order = await api.decidedOrder(own("scarce"), 3);

    expect(order).toMatchObject({ status: "REJECTED", reason: { code: "OUT_OF_STOCK", sku: own("scarce") } });
    expect(await api.stock(own("scarce"))).toMatchObject({ held: 0, available: 2 });
  });

  it("D15: is REJECTED for an unknown SKU", async () => {
    const order = await api.decidedOrder(own("never-counted"), 1);

    expect(order).toMatchObject({
      status: "REJECTED",
      reason: { code: "UNKNOWN_SKU", sku: own("never-counted") },
    });
  });

  it("reserves all of its lines or none", async () => {
    await api.stockUp(own("plenty"), 100);
    await api.stockUp(own("few"), 1);

    const { body } = await api.place({ lines: [line(own("plenty"), 10), line(own("few"), 2)] });

    expect(await api.become(body.orderId)).toMatchObject({ status: "REJECTED", reason: { sku: own("few") } });
    expect(await api.stock(own("plenty"))).toMatchObject({ held: 0, available: 100 });
  });

  it("D13: adds up lines of one SKU", async () => {
    await api.stockUp(own("split"), 5);

    const { body } = await api.place({ lines: [line(own("split"), 2), line(own("split"), 3)] });

    expect(await api.become(body.orderId)).toMatchObject({
      status: "CONFIRMED",
      lines: [line(own("split"), 5)],
    });
    expect(await api.stock(own("split"))).toMatchObject({ held: 5, available: 0 });
  });
});

describe("cancelling", () => {
  it("B5: releases the stock of a CONFIRMED order once, regardless of repeats", async () => {
    await api.stockUp(own("returned"), 5);
    const { orderId } = await api.decidedOrder(own("returned"), 4);

    const first = await api.cancel(orderId);
    const second = await api.cancel(orderId);

    expect(first).toMatchObject({ status: 200, body: { status: "CANCELLED", version: 3 } });
    // The stock may be released between the two.
    expect({ ...second.body, stockHeld: true }).toEqual({ ...first.body, stockHeld: true });
    await untilTrue("the stock is back", async () => (await api.stock(own("returned"))).available === 5);
    const third = await api.cancel(orderId);
    expect(third.body).toMatchObject({ status: "CANCELLED", version: 3 });
    expect(await api.stock(own("returned"))).toEqual({
      sku: own("returned"),
      onHand: 5,
      held: 0,
      available: 5,
    });
  });

  it("A14: accepts a REJECTED order and leaves the stock unchanged", async () => {
    await api.stockUp(own("untouched"), 1);
    const { orderId } = await api.decidedOrder(own("untouched"), 2);

    const { status, body } = await api.cancel(orderId);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "CANCELLED", version: 3 });
    await mailed(target, { orderId }, "is cancelled");
    expect(await api.stock(own("untouched"))).toMatchObject({ held: 0, available: 1 });
  });

  it("A14: responds 404 for an unknown order", async () => {
    const { status, body } = await api.cancel("0".repeat(26));

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "ORDER_NOT_FOUND" });
  });

  it("A15: concurrent with the order, ends CANCELLED with released stock", async () => {
    await api.stockUp(own("raced"), 1_000);

    const orderIds = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const { body } = await api.place({ lines: [line(own("raced"), 7)] });
        await api.cancel(body.orderId);
        return body.orderId;
      }),
    );

    const statuses = await Promise.all(orderIds.map(async (id) => (await api.order(id)).status));
    expect(new Set(statuses)).toEqual(new Set(["CANCELLED"]));
    await untilTrue("nothing is held", async () => (await api.stock(own("raced"))).held === 0);
    expect(await api.stock(own("raced"))).toMatchObject({ available: 1_000 });
  });
});

it("I1: the stock of every SKU matches the orders", () => expectExactStock(target));
