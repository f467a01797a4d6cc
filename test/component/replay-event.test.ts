import { beforeEach, describe, expect, test } from "vitest";
import { eventOf, newOrder, type Order } from "../../functions/orders/domain/order.ts";
import { NOW, order } from "../fixtures/events.ts";
import { OPERATOR, operator } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, queueUrlOf, type Rig } from "./rig.ts";
import { placed, put, refuse, statusOf } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const replay = (key: string, body: object = {}) =>
  operator("POST /orders/{orderId}/replays", {
    key,
    body: { type: "order.created", consumer: "order-created", why: "its message was lost", ...body },
  });

describe("a replay of one event to one consumer", () => {
  test("sends the event as the topic did, to that queue alone, and is audited", async () => {
    const row = put(order("1"));
    const event = eventOf(row);

    const answer = await replay(row.orderId);

    expect(answer).toMatchObject({
      status: 200,
      body: { orderId: row.orderId, eventId: event.id, consumer: "order-created", outcome: "sent" },
    });
    expect(rig.queues.sent).toEqual([
      {
        queueUrl: queueUrlOf("order-created"),
        body: JSON.stringify(event),
        attributes: { type: "order.created" },
        delaySeconds: 0,
      },
    ]);
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({
        audit: "operator",
        act: "replay",
        eventId: event.id,
        by: OPERATOR,
        why: "its message was lost",
        outcome: "sent to order-created",
      }),
    );
  });

  test("in a dry run sends and audits nothing", async () => {
    const row = put(order("1"));

    expect(await replay(row.orderId, { dryRun: true })).toMatchObject({
      status: 200,
      body: { outcome: "would send" },
    });
    expect(rig.queues.sent).toEqual([]);
    expect(rig.out.lines()).toEqual([]);
  });

  test.each<[status: Order["status"], because: string | undefined]>([
    ["PENDING", undefined],
    ["CONFIRMED", "the effect is done (the order is CONFIRMED), so the consumer ignores it"],
  ])("in a dry run reports whether the effect is done: %s", async (status, because) => {
    const row = put({ ...order("1"), status, version: status === "PENDING" ? 1 : 2 });

    expect((await replay(row.orderId, { dryRun: true })).body["because"]).toBe(because);
  });

  test.each([
    ["sent", "the effect is done (the mail was sent), so the consumer ignores it"],
    ["sending", "whether the effect is done is unknown (the mail may or may not have been sent)"],
  ] as const)("in a dry run reports a mail that is %s", async (state, because) => {
    const row = put({ ...order("1"), status: "CONFIRMED", version: 2 });
    rig.tables.rows.mails.set(eventOf(row).id, state);

    const { body } = await replay(row.orderId, {
      type: "order.confirmed",
      consumer: "notify-customer",
      dryRun: true,
    });

    expect(body).toMatchObject({ outcome: "would send", because });
  });

  test("has its effect once, however often it is repeated", async () => {
    rig.tables.rows.stock.set("tea", { sku: "tea", onHand: 10, held: 0, available: 10 });
    const request = { customerId: "ada", contact: { email: "a@b.example" }, currency: "EUR" };
    const row = newOrder({ ...request, lines: [{ sku: "tea", quantity: 2, unitPrice: 1 }] }, "k", NOW);
    put(row);

    for (let time = 0; time < 3; time++) await replay(row.orderId);
    await simulateQueues(rig).drain();

    expect(statusOf(row)).toBe("CONFIRMED");
    expect(rig.tables.rows.stock.get("tea")).toMatchObject({ held: 2, available: 8 });
  });

  test.each<[type: string, version: number, changes: Partial<Order>]>([
    ["order.created", 1, { status: "CANCELLED", version: 3 }],
    ["order.cancelled", 3, { status: "CANCELLED", version: 3 }],
    ["order.created", 1, { status: "REJECTED", version: 2, reason: { code: "OUT_OF_STOCK", sku: "tea" } }],
  ])("builds %s of the version %i from the row of an order that went on", async (type, version, changes) => {
    const first = order("1");
    const row = put({ ...first, ...changes, updatedAt: "2026-12-31T00:00:00.000Z" });
    const consumer = type === "order.created" ? "order-created" : "order-cancelled";

    const { body } = await replay(row.orderId, { type, consumer });

    expect(body).toMatchObject({ eventId: `${row.orderId}:${version}:${type}`, outcome: "sent" });
    const event = JSON.parse(rig.queues.sent[0]?.body ?? "");
    // The same bytes as when it was published first.
    if (type === "order.created") expect(event).toEqual(eventOf(first));
  });

  test.each([
    [{ type: "order.confirmed", consumer: "notify-customer" }, 422, "REPLAY_REFUSED", "holds the events"],
    [{ consumer: "notify-customer" }, 422, "REPLAY_REFUSED", "does not subscribe to order.created"],
    [{ consumer: "publish-to-kafka" }, 400, "INVALID_REQUEST", "There is no consumer publish-to-kafka"],
    [{ type: "order.lost" }, 400, "INVALID_REQUEST", "/type"],
    [{ why: "" }, 400, "INVALID_REQUEST", "/why"],
  ])("with %j is refused and sends nothing", async (body, status, code, detail) => {
    const row = put(order("1"));

    expect(await replay(row.orderId, body)).toMatchObject({
      status,
      body: { code, detail: expect.stringContaining(detail) },
    });
    expect(rig.queues.sent).toEqual([]);
  });

  test("of an unknown order is answered 404", async () => {
    expect(await replay(order("1").orderId)).toMatchObject({
      status: 404,
      body: { code: "ORDER_NOT_FOUND" },
    });
  });

  test("that the queue refuses is reported, and not audited as sent", async () => {
    const [row] = await placed("1");
    refuse("queues.send");

    expect((await replay(row.orderId)).status).toBeGreaterThanOrEqual(500);
    expect(rig.out.lines().filter(({ act }) => act === "replay")).toEqual([]);
  });
});

describe("the body of an event", () => {
  const read = (eventId: string) => operator("GET /order-events/{eventId}", { key: eventId });

  test("is that of the first or the latest event, as it was published", async () => {
    const first = order("1");
    const row = put({ ...first, status: "CANCELLED", version: 3 });

    const answers = [await read(eventOf(first).id), await read(eventOf(row).id)];

    expect(answers).toEqual([
      expect.objectContaining({ status: 200, body: eventOf({ ...first, updatedAt: first.createdAt }) }),
      expect.objectContaining({ status: 200, body: eventOf(row) }),
    ]);
    expect(rig.queues.sent).toEqual([]);
  });

  test.each([
    ["an event between them", (id: string) => `${id}:2:order.confirmed`, "NOT_FOUND"],
    ["another version", (id: string) => `${id}:4:order.cancelled`, "NOT_FOUND"],
    ["an id of no order", () => `${"0".repeat(26)}:1:order.created`, "ORDER_NOT_FOUND"],
    ["a text that is no id", () => "nothing", "ORDER_NOT_FOUND"],
  ])("is not found for %s, with the events that the row holds", async (_, idOf, code) => {
    const { orderId } = put({ ...order("1"), status: "CANCELLED", version: 3 });

    const { status, body } = await read(idOf(orderId));

    expect([status, body["code"]]).toEqual([404, code]);
    if (code === "NOT_FOUND")
      expect(body["detail"]).toContain(`${orderId}:1:order.created and ${orderId}:3:order.cancelled`);
  });
});
