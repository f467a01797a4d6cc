import { describe, expect, test } from "vitest";
import type { Line } from "../../../functions/contract/schemas.ts";
import { releaseStock } from "../../../functions/orders/release-stock.ts";
import { reserveStock } from "../../../functions/orders/reserve-stock.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { countedOrderStockStore, tablesWith } from "../../fakes/stocked-tables.ts";
import { cancelled, created, line, NOW, order } from "../../fixtures/events.ts";

const DEADLINE = NOW + 10_000;

describe("a group", () => {
  const ten = Array.from({ length: 10 }, (_, i) => order(`${i}`));

  test("D4: of ten orders of one SKU is one call", async () => {
    const tables = tablesWith(ten, { "TEA-1": 10 });
    const { orderStockStore, calls } = countedOrderStockStore(tables.orderStockStore);

    const outcomes = await reserveStock({ orderStockStore })(ten.map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(10).fill("done"));
    expect(calls()).toBe(1);
    expect(tables.rows.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 10, held: 10, available: 0 });
  });

  test("with stock for the first half is two calls, and the first orders get the stock", async () => {
    const tables = tablesWith(ten, { "TEA-1": 6 });
    const { orderStockStore, calls } = countedOrderStockStore(tables.orderStockStore);

    await reserveStock({ orderStockStore })(ten.map(created), DEADLINE);

    expect(calls()).toBe(2);
    expect(ten.map(({ orderId }) => tables.rows.orders.get(orderId)?.status)).toEqual([
      ...Array(6).fill("CONFIRMED"),
      ...Array(4).fill("REJECTED"),
    ]);
  });

  test("D12: of orders with many SKUs is split so that each transaction fits", async () => {
    const lines = (from: number): Line[] =>
      Array.from({ length: 45 }, (_, i) => line({ sku: `S${from + i}` }));
    const wide = [0, 45, 90, 0].map((from, i) => order(`wide ${i}`, {}, lines(from)));
    const stock = Object.fromEntries(Array.from({ length: 135 }, (_, i) => [`S${i}`, 10]));
    const tables = tablesWith(wide, stock);
    const { orderStockStore, calls } = countedOrderStockStore(tables.orderStockStore);

    const outcomes = await reserveStock({ orderStockStore })(wide.map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill("done"));
    expect(calls()).toBe(2);
  });

  test.each([
    [1, 3],
    [2, 3 + 3 * 2],
    [10, 3 + 3 * 10],
  ])("of %i whose rows change before each write is retried after %i calls", async (count, expected) => {
    const { orderStockStore, calls } = countedOrderStockStore({
      // PENDING with the same lines, which does not change the plan.
      reserve: async (plan) => ({
        kind: "refused",
        images: {
          orders: new Map(
            plan.confirm.map(({ orderId, linesDigest }) => [orderId, { status: "PENDING", linesDigest }]),
          ),
          stock: new Map(),
        },
      }),
      release: async () => ({ kind: "committed" }),
    });

    const outcomes = await reserveStock({ orderStockStore })(ten.slice(0, count).map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(count).fill("retry"));
    expect(calls()).toBe(expected);
  });

  test("that the service rejects is decided order by order", async () => {
    const tables = tablesWith(ten, { "TEA-1": 4 });
    const { orderStockStore, calls } = countedOrderStockStore({
      ...tables.orderStockStore,
      reserve: async (plan, deadline) =>
        plan.confirm.length + plan.reject.length > 1
          ? { kind: "invalid", error: new Error("too large") }
          : tables.orderStockStore.reserve(plan, deadline),
    });

    const outcomes = await reserveStock({ orderStockStore })(ten.map(created), DEADLINE);

    expect(outcomes.every(({ kind }) => kind === "done")).toBe(true);
    expect(tables.rows.stock.get("TEA-1")?.available).toBe(0);
    expect(calls()).toBe(1 + 4 + 6 * 2);
  });

  test("of one order that the service rejects is retried with the service's reason", async () => {
    const error = Object.assign(new Error("ExpressionAttributeValues"), { name: "ValidationException" });
    const { orderStockStore, calls } = countedOrderStockStore({
      reserve: async () => ({ kind: "invalid", error }),
      release: async () => ({ kind: "committed" }),
    });

    const outcomes = await reserveStock({ orderStockStore })(ten.slice(0, 2).map(created), DEADLINE);

    expect(outcomes).toEqual(Array(2).fill({ kind: "retry", error }));
    expect(calls()).toBe(3);
  });

  test("D5: whose write fails is retried as a whole without affecting other groups", async () => {
    const error = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
    const { orderStockStore } = countedOrderStockStore({
      reserve: async () => {
        throw error;
      },
      release: async () => ({ kind: "committed" }),
    });

    expect(await reserveStock({ orderStockStore })(ten.map(created), DEADLINE)).toEqual(
      Array(10).fill({ kind: "retry", error }),
    );
  });

  test("of nothing calls nothing", async () => {
    const { orderStockStore, calls } = countedOrderStockStore(memoryTables(() => NOW).orderStockStore);

    expect(await reserveStock({ orderStockStore })([], DEADLINE)).toEqual([]);
    expect(calls()).toBe(0);
  });

  test("parks the one order whose stock row holds too little, and releases the others", async () => {
    const rows = ["a", "b", "c"].map((id) =>
      order(id, { status: "CANCELLED", version: 3, stockHeld: true }, [
        line({ quantity: id === "b" ? 5 : 1 }),
      ]),
    );
    const tables = tablesWith(rows, {});
    tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 2, held: 2, available: 0 });

    const outcomes = await releaseStock({ orderStockStore: tables.orderStockStore })(
      rows.map((row) => cancelled(row, 3)),
      DEADLINE,
    );

    expect(outcomes).toEqual([
      { kind: "done" },
      {
        kind: "park",
        reason: "STOCK_MISMATCH",
        error: expect.objectContaining({
          message: "TEA-1: the order holds 5, the stock row holds 1",
        }),
      },
      { kind: "done" },
    ]);
    expect(tables.rows.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 2, held: 0, available: 2 });
  });
});
