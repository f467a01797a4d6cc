import { beforeEach, describe, expect, test } from "vitest";
import { orderIdOf } from "../../functions/orders/domain/order.ts";
import { eventsOf } from "../fakes/memory-tables.ts";
import { line, NOW, request } from "../fixtures/events.ts";
import { call, cancel, orderIn, place } from "./api.ts";
import { newRig, queueUrlOf, type Rig, restartFunctions } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

describe("POST /orders", () => {
  test("responds 202 with the order and its location, and writes one row", async () => {
    const answer = await place(request(), "key-1");
    const orderId = orderIdOf("customer-1", "key-1");

    expect(answer).toEqual({
      status: 202,
      headers: { "content-type": "application/json", location: `/live/orders/${orderId}` },
      body: {
        orderId,
        customerId: "customer-1",
        status: "PENDING",
        lines: [line()],
        amount: { currency: "EUR", minorUnits: 450 },
        version: 1,
        createdAt: new Date(NOW).toISOString(),
        updatedAt: new Date(NOW).toISOString(),
      },
    });
    expect([...rig.tables.rows.orders.keys()]).toEqual([orderId]);
    expect(eventsOf(rig.tables).map(({ type }) => type)).toEqual(["order.created"]);
  });

  test.each(["/orders/", "//orders", "//orders//"])(
    "K4: called as %s, which has the same route, has a Location without an empty segment",
    async (path) => {
      const headers = { "Idempotency-Key": ["key-1"] };

      const answer = await call("place-order", "POST /orders", { body: request(), headers, path });

      expect(answer.headers["location"]).toBe(`/live/orders/${orderIdOf("customer-1", "key-1")}`);
    },
  );

  test.each(["before", "after"] as const)(
    "A1, A7: whose write fails %s it is applied has the response 503, and the repeat has one order",
    async (moment) => {
      rig.faults[moment] = (name) => {
        if (name === "orders.place") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
      };
      const lost = await place(request(), "key-1");
      const events = eventsOf(rig.tables);
      rig.faults[moment] = () => {};
      rig.clock.advance(2_000);

      const answer = await place(request(), "key-1");

      expect(lost).toMatchObject({ status: 503, body: { code: "UNAVAILABLE" } });
      expect(events).toHaveLength(moment === "before" ? 0 : 1);
      expect(answer.status).toBe(202);
      expect(rig.tables.rows.orders.size).toBe(1);
      expect(eventsOf(rig.tables)).toHaveLength(1);
    },
  );

  test("A1: repeated has the response of the current order", async () => {
    const first = orderIn(await place(request(), "key-1"));
    await cancel(first.orderId);

    const repeat = await place(request(), "key-1");

    expect(repeat).toMatchObject({
      status: 202,
      body: { orderId: first.orderId, status: "CANCELLED", version: 2 },
    });
  });

  test("A2: with a used key and another body has the response 422 and changes nothing", async () => {
    await place(request(), "key-1");
    const before = structuredClone(rig.tables.rows);

    const answer = await place(request({ lines: [line({ quantity: 2 })] }), "key-1");

    expect(answer).toMatchObject({ status: 422, body: { code: "IDEMPOTENCY_KEY_REUSED" } });
    expect(rig.tables.rows).toEqual(before);
  });

  test("A5: with a used key is the same order after a day, and after a year", async () => {
    const first = await place(request(), "key-1");
    for (const days of [1, 365]) {
      rig.clock.advance(days * 86_400_000);
      expect((await place(request(), "key-1")).body).toEqual(first.body);
    }
    expect(rig.tables.rows.orders.size).toBe(1);
  });

  test("G8: the key of one customer is not that of another", async () => {
    await place(request(), "key-1");

    const other = await place(request({ customerId: "customer-2" }), "key-1");

    expect(other.status).toBe(202);
    expect(rig.tables.rows.orders.size).toBe(2);
  });

  test.each<[string, () => Promise<{ status: number }>, number, string]>([
    [
      "A4: no key",
      () => call("place-order", "POST /orders", { body: request() }),
      400,
      "IDEMPOTENCY_KEY_MISSING",
    ],
    ["A4: a key too long", () => place(request(), "x".repeat(129)), 400, "IDEMPOTENCY_KEY_INVALID"],
    ["G1: invalid JSON", () => place("{", "k"), 400, "MALFORMED_JSON"],
    [
      "G5: a quantity of 0",
      () => place(request({ lines: [line({ quantity: 0 })] }), "k"),
      400,
      "INVALID_REQUEST",
    ],
    [
      "D13: two prices for one SKU",
      () => place(request({ lines: [line(), line({ unitPrice: 1 })] }), "k"),
      400,
      "PRICE_CONTRADICTION",
    ],
    [
      "D12: 91 SKUs",
      () => place(request({ lines: Array.from({ length: 91 }, (_, i) => line({ sku: `S${i}` })) }), "k"),
      400,
      "TOO_MANY_LINES",
    ],
    [
      "A13: a body over the limit",
      () => place(JSON.stringify("x".repeat(65_536)), "k"),
      413,
      "BODY_TOO_LARGE",
    ],
    [
      "H5: a line break in the address",
      () => place(request({ contact: { email: "a@b.c\r\nBcc: x@y.z" } }), "k"),
      400,
      "INVALID_REQUEST",
    ],
  ])("%s is refused before anything is written", async (_, send, status, code) => {
    expect(await send()).toMatchObject({
      status,
      headers: { "content-type": "application/problem+json" },
      body: { status, code, requestId: "request-1" },
    });
    expect(rig.calls).toEqual([]);
    expect(rig.tables.rows.orders.size).toBe(0);
  });

  test("A9: accepts an order while the topic is down, because the row is the event", async () => {
    rig.publisher.refuse = () => ({ kind: "refused", permanent: false, error: new Error("down") });

    expect((await place(request(), "key-1")).status).toBe(202);
    expect(rig.calls).not.toContain("publisher.publish");
  });
});

describe("admission", () => {
  // An instance caches its last reading.
  beforeEach(restartFunctions);

  const fill = (messages: number) => {
    for (let i = 0; i < messages; i++) {
      rig.queues.sent.push({
        queueUrl: queueUrlOf("order-created"),
        body: "",
        attributes: {},
        delaySeconds: 0,
      });
    }
  };
  /** An instance reads the backlog every 5 seconds, concurrently with an order, so the result counts from the next order on. */
  const look = async () => {
    await place(request(), "the look");
    rig.clock.advance(5_000);
    await place(request(), "the look");
  };

  test.each([
    [10, 202],
    [11, 503],
  ])("E14: at a backlog of %i with the limit 10 responds %i", async (backlog, status) => {
    fill(backlog);
    await look();

    const answer = await place(request(), "new");

    expect(answer.status).toBe(status);
    if (status === 503) {
      expect(answer.headers["retry-after"]).toBe("30");
      expect(answer.body["code"]).toBe("BUSY");
      expect(rig.tables.rows.orders.size).toBe(1);
    }
  });

  test("accepts repeats and cancellations while closed", async () => {
    const { orderId } = orderIn(await place(request(), "known"));
    fill(11);
    await look();

    expect((await place(request(), "known")).status).toBe(202);
    expect((await cancel(orderId)).status).toBe(200);
  });

  test("opens again when the backlog is gone, and reads it at most every 5 seconds", async () => {
    fill(11);
    await look();
    rig.queues.sent.length = 0;
    rig.clock.advance(4_999);
    expect((await place(request(), "a")).status).toBe(503);
    rig.clock.advance(1);
    await place(request(), "b");

    expect((await place(request(), "c")).status).toBe(202);
    expect(rig.calls.filter((name) => name === "queues.backlog")).toHaveLength(2);
  });

  test("E14: opens for an order long after the last reading, which is then out of date", async () => {
    fill(11);
    await look();
    rig.clock.advance(14_999);
    expect((await place(request(), "a")).status).toBe(503);
    rig.clock.advance(15_000);

    expect((await place(request(), "b")).status).toBe(202);
    expect((await place(request(), "c")).status).toBe(503);
  });

  test("stays open when reading the backlog fails", async () => {
    fill(11);
    rig.faults.before = (name) => {
      if (name === "queues.backlog") throw new Error("down");
    };
    await look();

    expect((await place(request(), "new")).status).toBe(202);
  });
});
