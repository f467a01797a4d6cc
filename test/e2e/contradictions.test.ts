import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueConsumer } from "../../functions/contract/names.ts";
import type { OrderEvent, OrderView } from "../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../functions/domain/failed-message.ts";
import { type Client, client, line } from "./client.ts";
import { drained, eventAbout, failedKey, put, putTogether } from "./messages.ts";
import { openStage, STAGE_STARTS_MS } from "./stage-target.ts";
import { expectExactStock, rowsOf } from "./tables.ts";
import type { StageTarget } from "./target.ts";
import { untilTrue } from "./until.ts";

let target: StageTarget;
let api: Client;
beforeAll(async () => {
  target = await openStage();
  api = client(target);
}, STAGE_STARTS_MS);
afterAll(() => target.close());

const created = (order: OrderView) => eventAbout(order, "order.created", 1);
const cancelled = (order: OrderView, version = order.version) =>
  eventAbout(order, "order.cancelled", version);

async function expectParked(consumer: QueueConsumer, event: OrderEvent, reason: string): Promise<void> {
  const row = await api.failed(failedKey(consumer, event), "OPEN");
  expect(row).toMatchObject({ consumer, reason, failures: 1, eventId: event.id, orderId: event.subject });
  expect(JSON.parse(row.body)).toEqual(event);
}

/** The order as it is now, after some copies about it were handled, with its stock. */
const nowOf = async ({ orderId }: OrderView, sku: string) => ({
  order: await api.order(orderId),
  stock: await api.stock(sku),
});

describe("order.created comes again", () => {
  it("B1, B3: five copies at once of a CONFIRMED order change nothing", async () => {
    await api.stockUp("copied", 10);
    const order = await api.settled("copied", 2);
    const before = await nowOf(order, "copied");
    const duplicates = await target.stage.counted("duplicate", "order-created", "order.created");

    await putTogether(
      target,
      "order-created",
      Array.from({ length: 5 }, () => created(order)),
    );
    await drained(target, "order-created");

    expect(await nowOf(order, "copied")).toEqual(before);
    await untilTrue(
      "five duplicates are counted",
      async () =>
        (await target.stage.counted("duplicate", "order-created", "order.created")) - duplicates === 5,
    );
  });

  it("a REJECTED order stays REJECTED, even when there is enough by now", async () => {
    await api.stockUp("late", 1);
    const order = await api.settled("late", 2);
    await api.stockUp("late", 100);
    const before = await nowOf(order, "late");

    await put(target, "order-created", created(order));
    await drained(target, "order-created");

    expect(order.status).toBe("REJECTED");
    expect(await nowOf(order, "late")).toEqual(before);
  });

  it("E10: a CANCELLED order whose stock was given back does not take it again", async () => {
    await api.stockUp("given-back", 3);
    const order = await api.settled("given-back", 3);
    await api.cancel(order.orderId);
    await untilTrue("the stock is back", async () => (await api.stock("given-back")).available === 3);
    const before = await nowOf(order, "given-back");

    await put(target, "order-created", created(order));
    await drained(target, "order-created");

    expect(await nowOf(order, "given-back")).toEqual(before);
  });
});

describe("order.cancelled comes", () => {
  it("B5: five times for an order that was CONFIRMED: its stock comes back once", async () => {
    await api.stockUp("five-times", 9);
    const order = await api.settled("five-times", 4);
    const { body } = await api.cancel(order.orderId);

    await putTogether(
      target,
      "order-cancelled",
      Array.from({ length: 5 }, () => cancelled(body)),
    );
    await drained(target, "order-cancelled");
    await untilTrue("the stock is back", async () => (await api.stock("five-times")).held === 0);

    expect(await api.stock("five-times")).toEqual({ sku: "five-times", onHand: 9, held: 0, available: 9 });
    expect(await api.order(order.orderId)).toMatchObject({ status: "CANCELLED", version: 3 });
  });

  it("for a CONFIRMED order that nobody cancelled: parked, and the order stays", async () => {
    await api.stockUp("kept", 5);
    const order = await api.settled("kept", 5);

    await put(target, "order-cancelled", cancelled(order, 3));

    await expectParked("order-cancelled", cancelled(order, 3), "STATE_CONFLICT");
    expect(await api.order(order.orderId)).toEqual(order);
    expect(await api.stock("kept")).toMatchObject({ held: 5 });
  });

  it("for a REJECTED order that nobody cancelled: parked", async () => {
    const order = await api.settled("no-such-sku", 1);

    await put(target, "order-cancelled", cancelled(order, 3));

    await expectParked("order-cancelled", cancelled(order, 3), "STATE_CONFLICT");
    expect(await api.order(order.orderId)).toEqual(order);
  });
});

describe("events of orders that do not fit", () => {
  const unknown: OrderView = {
    orderId: "ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
    customerId: "nobody",
    status: "PENDING",
    lines: [line("kept")],
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
    ["quantity", [line("disputed", 2)]],
    ["SKU", [line("copied", 1)]],
    ["number of lines", [line("disputed", 1), line("copied", 1)]],
  ])("an order.created with another %s than the order has is parked", async (_, lines) => {
    await api.stockUp("disputed", 100);
    const order = await api.settled("disputed", 1);
    const event = created({ ...order, lines });

    await put(target, "order-created", event);

    await expectParked("order-created", event, "EVENT_CONTRADICTS_ORDER");
    expect(await api.order(order.orderId)).toEqual(order);
  });

  it("another body under an id that is parked already is kept beside it", async () => {
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

describe("before order.created was handled", () => {
  it("B4: a PENDING order contradicts order.cancelled; cancelled in time, it never takes stock", async () => {
    await api.stockUp("waiting", 8);
    const ignored = await target.stage.counted("ignored", "order-created", "order.created");
    const findTopic = target.stage.loseTopic();
    const kept = await api.place({ lines: [line("waiting", 3)] });
    const dropped = await api.place({ lines: [line("waiting", 5)] });

    await put(target, "order-cancelled", cancelled(kept.body, 2));
    await expectParked("order-cancelled", cancelled(kept.body, 2), "STATE_CONFLICT");
    const { body } = await api.cancel(dropped.body.orderId);
    findTopic();
    await api.become(kept.body.orderId, "CONFIRMED");
    await untilTrue(
      "the cancelled order was come across",
      async () => (await target.stage.counted("ignored", "order-created", "order.created")) === ignored + 1,
    );

    expect(body).toMatchObject({ status: "CANCELLED", version: 2 });
    expect(await api.order(dropped.body.orderId)).toEqual(body);
    expect(await api.stock("waiting")).toEqual({ sku: "waiting", onHand: 8, held: 3, available: 5 });
  });
});

it("I1: the stock of every SKU is what the orders say", () => expectExactStock(target));
