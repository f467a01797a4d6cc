import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, client, line } from "./client.ts";
import { openStage, STAGE_STARTS_MS } from "./stage-target.ts";
import { expectExactStock } from "./tables.ts";
import type { StageTarget } from "./target.ts";
import { until, untilTrue } from "./until.ts";

let target: StageTarget;
let api: Client;
beforeAll(async () => {
  target = await openStage();
  api = client(target);
}, STAGE_STARTS_MS);
afterAll(() => target.close());

const mailsAbout = async (orderId: string) =>
  (await target.stage.mails()).filter(({ subject }) => subject.includes(orderId));

describe("an order", () => {
  it("is PENDING when it is accepted, then CONFIRMED, and holds its stock", async () => {
    await api.stockUp("tea", 10);

    const { status, body } = await api.place({ lines: [line("tea", 3)] });
    const order = await api.become(body.orderId);

    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: "PENDING",
      version: 1,
      amount: { currency: "EUR", minorUnits: 1350 },
    });
    expect(order).toMatchObject({ status: "CONFIRMED", version: 2, lines: [line("tea", 3)] });
    expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: 10, held: 3, available: 7 });
  });

  it("tells its customer once, by a mail to the contact", async () => {
    await api.stockUp("mailed", 1);

    const { orderId } = await api.settled("mailed", 1, { email: "grace@example.com" });

    await until("the mail", async () => (await mailsAbout(orderId))[0]);
    expect(await mailsAbout(orderId)).toEqual([
      expect.objectContaining({ to: ["grace@example.com"], subject: `Your order ${orderId} is confirmed` }),
    ]);
  });

  it("is REJECTED when there is too little, and takes nothing", async () => {
    await api.stockUp("scarce", 2);

    const order = await api.settled("scarce", 3);

    expect(order).toMatchObject({ status: "REJECTED", reason: { code: "OUT_OF_STOCK", sku: "scarce" } });
    expect(await api.stock("scarce")).toMatchObject({ held: 0, available: 2 });
  });

  it("D15: is REJECTED when nobody knows the SKU", async () => {
    const order = await api.settled("never-counted", 1);

    expect(order).toMatchObject({
      status: "REJECTED",
      reason: { code: "UNKNOWN_SKU", sku: "never-counted" },
    });
  });

  it("takes all of its lines or none", async () => {
    await api.stockUp("plenty", 100);
    await api.stockUp("few", 1);

    const { body } = await api.place({ lines: [line("plenty", 10), line("few", 2)] });

    expect(await api.become(body.orderId)).toMatchObject({ status: "REJECTED", reason: { sku: "few" } });
    expect(await api.stock("plenty")).toMatchObject({ held: 0, available: 100 });
  });

  it("D13: adds up lines of one SKU", async () => {
    await api.stockUp("split", 5);

    const { body } = await api.place({ lines: [line("split", 2), line("split", 3)] });

    expect(await api.become(body.orderId)).toMatchObject({ status: "CONFIRMED", lines: [line("split", 5)] });
    expect(await api.stock("split")).toMatchObject({ held: 5, available: 0 });
  });
});

describe("cancelling", () => {
  it("B5: gives back what a CONFIRMED order holds, once, however often it is asked for", async () => {
    await api.stockUp("returned", 5);
    const { orderId } = await api.settled("returned", 4);

    const first = await api.cancel(orderId);
    const second = await api.cancel(orderId);

    expect(first).toMatchObject({ status: 200, body: { status: "CANCELLED", version: 3 } });
    expect(second.body).toEqual(first.body);
    await untilTrue("the stock is back", async () => (await api.stock("returned")).available === 5);
    const third = await api.cancel(orderId);
    expect(third.body).toMatchObject({ status: "CANCELLED", version: 3 });
    expect(await api.stock("returned")).toEqual({ sku: "returned", onHand: 5, held: 0, available: 5 });
  });

  it("A14: takes a REJECTED order and leaves the stock alone", async () => {
    await api.stockUp("untouched", 1);
    const { orderId } = await api.settled("untouched", 2);

    const { status, body } = await api.cancel(orderId);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "CANCELLED", version: 3 });
    await until("the mail about it", async () => (await mailsAbout(orderId)).find(isAboutCancelling));
    expect(await api.stock("untouched")).toMatchObject({ held: 0, available: 1 });
  });

  it("A14: answers 404 for an order that nobody placed", async () => {
    const { status, body } = await api.cancel("0".repeat(26));

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "ORDER_NOT_FOUND" });
  });

  it("A15: may race the order: it ends CANCELLED and its stock comes back", async () => {
    await api.stockUp("raced", 1_000);

    const orderIds = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const { body } = await api.place({ lines: [line("raced", 7)] });
        await api.cancel(body.orderId);
        return body.orderId;
      }),
    );

    const statuses = await Promise.all(orderIds.map(async (id) => (await api.order(id)).status));
    expect(new Set(statuses)).toEqual(new Set(["CANCELLED"]));
    await untilTrue("nothing is held", async () => (await api.stock("raced")).held === 0);
    expect(await api.stock("raced")).toMatchObject({ available: 1_000 });
  });
});

const isAboutCancelling = ({ subject }: { readonly subject: string }) => subject.endsWith("is cancelled");

it("I1: the stock of every SKU is what the orders say", () => expectExactStock(target));
