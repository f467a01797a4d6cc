import { beforeEach, describe, expect, test } from "vitest";
import { eventsOf } from "../fakes/memory-tables.ts";
import { order } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { call, cancel, count, read } from "./api.ts";
import { newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

describe("POST /orders/{orderId}/cancel", () => {
  test.each([
    ["PENDING", {}],
    ["CONFIRMED", { stockHeld: true }],
    ["REJECTED", {}],
  ] as const)("A14: of a %s order answers 200 with CANCELLED and emits one event", async (status, also) => {
    const row = order("1", { status, version: 2, ...also });
    rig.tables.rows.orders.set(row.orderId, row);

    const first = await cancel(row.orderId);
    const again = await cancel(row.orderId);

    expect(first).toMatchObject({ status: 200, body: { status: "CANCELLED", version: 3 } });
    expect(again).toEqual(first);
    expect(eventsOf(rig.tables).map(({ type }) => type)).toEqual(["order.cancelled"]);
    expect(rig.tables.rows.orders.get(row.orderId)?.stockHeld).toBe("stockHeld" in also ? true : undefined);
  });
});

describe("a missing resource", () => {
  const long = "x".repeat(3_000);
  const known = failedRow();

  test.each<[string, () => ReturnType<typeof read>, string]>([
    ["A14: cancel of an unknown order", () => cancel(order("1").orderId), "ORDER_NOT_FOUND"],
    ["cancel of an invalid order id", () => cancel(long), "ORDER_NOT_FOUND"],
    ["cancel of an empty order id", () => cancel(""), "ORDER_NOT_FOUND"],
    ["an unknown order", () => read(order("1").orderId), "ORDER_NOT_FOUND"],
    ["an invalid order id", () => read(long), "ORDER_NOT_FOUND"],
    ["an unknown SKU", () => call("stock", "GET /stock/{sku}", { parameter: "TEA-1" }), "SKU_NOT_FOUND"],
    ["an invalid SKU", () => call("stock", "GET /stock/{sku}", { parameter: "../x" }), "SKU_NOT_FOUND"],
    [
      "an unknown failed message",
      () => call("failed-messages", "GET /failed-messages/{failedKey}", { parameter: "x" }),
      "FAILED_MESSAGE_NOT_FOUND",
    ],
    [
      "an invalid key",
      () => call("failed-messages", "GET /failed-messages/{failedKey}", { parameter: long }),
      "FAILED_MESSAGE_NOT_FOUND",
    ],
  ])("%s has the response 404, without a read that the table would refuse", async (_, send, code) => {
    // DynamoDB refuses an empty key and one over 2,048 bytes.
    const keys: unknown[] = [];
    const { orders } = rig.tables;
    for (const method of ["get", "move"] as const) {
      const real = orders[method] as (id: string, ...more: unknown[]) => Promise<never>;
      Object.assign(orders, {
        [method]: (id: string, ...more: unknown[]) => {
          keys.push(id);
          return real(id, ...more);
        },
      });
    }
    const { get } = rig.tables.failedMessages;
    rig.tables.failedMessages.get = (key) => {
      keys.push(key);
      return get(key);
    };

    const answer = await send();

    expect(answer).toMatchObject({ status: 404, body: { code } });
    for (const key of keys) expect(String(key).length).toSatisfy((n: number) => n > 0 && n <= 2_048);
  });

  test("a failed message is shown without internal fields", async () => {
    rig.tables.rows.failed.set(known.failedKey, known);

    const { status, body } = await call("failed-messages", "GET /failed-messages/{failedKey}", {
      parameter: known.failedKey,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      failedKey: known.failedKey,
      reason: "UNKNOWN_ORDER",
      status: "OPEN",
      generation: 1,
    });
    for (const inner of ["revision", "writeId", "bodyHash", "expiresAt"])
      expect(body).not.toHaveProperty(inner);
  });

  test("what a failed message holds of a customer is shown by the route of its body alone", async () => {
    const edited = {
      ...known,
      body: '{"fixed":true}',
      originalBody: "{",
      attributes: { mail: "ada@example.com" },
    };
    rig.tables.rows.failed.set(known.failedKey, edited);
    const read = (path: string) =>
      call("failed-messages", `GET ${path}/{failedKey}`, { parameter: known.failedKey });

    const shown = await read("/failed-messages");
    const held = await read("/failed-message-bodies");

    for (const name of ["body", "originalBody", "attributes"]) expect(shown.body).not.toHaveProperty(name);
    expect(held.body).toEqual({
      failedKey: known.failedKey,
      generation: 1,
      body: '{"fixed":true}',
      originalBody: "{",
      attributes: { mail: "ada@example.com" },
    });
  });
});

describe("PUT /stock/{sku}", () => {
  test("D6: sets the counted quantity and keeps the held one; a repeat changes nothing", async () => {
    rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 5, held: 3, available: 2 });

    const first = await count("TEA-1", 10);
    const again = await count("TEA-1", 10);

    expect(first).toMatchObject({ status: 200, body: { sku: "TEA-1", onHand: 10, held: 3, available: 7 } });
    expect(again).toEqual(first);
  });

  test.each<[string, string, number, number, string]>([
    ["less than the held stock", "TEA-1", 2, 409, "STOCK_BELOW_HELD"],
    ["a negative count", "TEA-1", -1, 400, "INVALID_REQUEST"],
    ["half a unit", "TEA-1", 1.5, 400, "INVALID_REQUEST"],
    ["more than the maximum", "TEA-1", 1_000_000_001, 400, "INVALID_REQUEST"],
    ["a SKU that climbs", "../x", 1, 400, "INVALID_REQUEST"],
  ])("of %s is refused and changes nothing", async (_, sku, onHand, status, code) => {
    rig.tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 5, held: 3, available: 2 });

    expect(await count(sku, onHand)).toMatchObject({ status, body: { code } });
    expect(rig.tables.rows.stock).toEqual(
      new Map([["TEA-1", { sku: "TEA-1", onHand: 5, held: 3, available: 2 }]]),
    );
  });
});
