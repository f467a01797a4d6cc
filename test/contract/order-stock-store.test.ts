import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Order } from "../../functions/orders/domain/order.ts";
import { planReleases } from "../../functions/orders/domain/plan-releases.ts";
import { NOTHING_KNOWN } from "../../functions/orders/domain/plan-reservations.ts";
import type { Commit } from "../../functions/orders/ports/order-stock-store.ts";
import { reserveStock } from "../../functions/orders/reserve-stock.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { created, line, NOW, order } from "../fixtures/events.ts";
import { clock, later, type OrderStockFixture, openOrderStockFixture, plan } from "./order-stock-fixture.ts";
import { type Database, database } from "./services.ts";

/** Only the fields that decide, because the fake's images hold whole rows. */
function refusalIn(commit: Commit) {
  if (commit.kind !== "refused") return commit;
  const orders = [...commit.images.orders].map(([id, row]) => [id, row?.status, row?.stockHeld]);
  return { orders, stock: [...commit.images.stock] };
}

function describeOrderStockStore(name: string, make: () => Promise<OrderStockFixture>): void {
  describe(`the orderStockStore ${name}`, () => {
    let fixture: OrderStockFixture;
    beforeEach(async () => {
      fixture = await make();
      await fixture.stock.count("TEA-1", 3);
    });
    const placed = async (key: string, changes: Partial<Order> = {}, quantity = 1) => {
      const row = order(key, changes, [line({ quantity })]);
      await fixture.orders.place(row);
      return row;
    };
    const { reserve, release } = {
      reserve: (...rows: Order[]) => fixture.orderStockStore.reserve(plan(...rows), later()),
      release: (...rows: Order[]) =>
        fixture.orderStockStore.release(planReleases(rows, NOTHING_KNOWN), later()),
    };

    test("confirms orders and reserves their units together, with the next version", async () => {
      const [a, b] = [await placed("a"), await placed("b", {}, 2)];

      expect(await reserve(a, b)).toEqual({ kind: "committed" });

      expect(await fixture.orders.get(a.orderId)).toMatchObject({
        status: "CONFIRMED",
        version: 2,
        stockHeld: true,
      });
      expect(await fixture.orders.get(b.orderId)).toMatchObject({
        status: "CONFIRMED",
        version: 2,
        stockHeld: true,
      });
      expect(await fixture.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 3, held: 3, available: 0 });
    });

    test("with 3 units of a SKU a plan that takes 4 is refused with 3, and writes nothing", async () => {
      const rows = [await placed("a", {}, 2), await placed("b", {}, 2)];

      expect(refusalIn(await reserve(...rows))).toEqual({ orders: [], stock: [["TEA-1", 3]] });

      for (const row of rows) expect(await fixture.orders.get(row.orderId)).toEqual(row);
      expect(await fixture.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 3, held: 0, available: 3 });
    });

    test("D3: is refused with every row that prevented it: order, absent order, other lines, SKU, absent SKU", async () => {
      const [good, done, other] = [
        await placed("good"),
        await placed("done", { status: "CONFIRMED", version: 2, stockHeld: true }),
        await placed("other", { linesDigest: "changed" }),
      ];
      const absent = order("absent");
      const nowhere = order("nowhere", {}, [line({ sku: "NOPE" })]);
      await fixture.orders.place(nowhere);
      const much = order("much", {}, [line({ quantity: 9 })]);
      await fixture.orders.place(much);

      const { orders, stock } = refusalIn(
        await reserve(good, done, { ...other, linesDigest: order("x").linesDigest }, absent, nowhere, much),
      ) as { orders: unknown[]; stock: unknown[] };

      expect(new Set(orders)).toEqual(
        new Set([
          [done.orderId, "CONFIRMED", true],
          [other.orderId, "PENDING", undefined],
          [absent.orderId, undefined, undefined],
        ]),
      );
      expect(new Map(stock as [string, number][])).toEqual(
        new Map<string, number | undefined>([
          ["TEA-1", 3],
          ["NOPE", undefined],
        ]),
      );
      expect(await fixture.orders.get(good.orderId)).toEqual(good);
    });

    test("rejects an order with its reason in one write and reserves nothing", async () => {
      const row = await placed("a", {}, 5);
      const reason = { code: "OUT_OF_STOCK", sku: "TEA-1" } as const;
      const rejection = {
        unchanged: new Map(),
        confirm: [],
        reject: [{ order: row, reason }],
        take: new Map(),
      };

      expect(await fixture.orderStockStore.reserve(rejection, later())).toEqual({ kind: "committed" });
      expect(await fixture.orders.get(row.orderId)).toMatchObject({ status: "REJECTED", version: 2, reason });
      expect(refusalIn(await fixture.orderStockStore.reserve(rejection, later()))).toEqual({
        orders: [[row.orderId, "REJECTED", undefined]],
        stock: [],
      });
    });

    test("releases the units of a cancelled order once and keeps status and version", async () => {
      const row = await placed("a", {}, 2);
      await reserve(row);
      await fixture.orders.move(row.orderId, "CANCELLED", NOW);

      expect(await release(row)).toEqual({ kind: "committed" });
      expect(refusalIn(await release(row))).toMatchObject({ orders: [[row.orderId, "CANCELLED", false]] });

      expect(await fixture.orders.get(row.orderId)).toMatchObject({
        status: "CANCELLED",
        version: 3,
        stockHeld: false,
      });
      expect(await fixture.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 3, held: 0, available: 3 });
    });

    test("does not release an order that is not cancelled, or one of which too little is held", async () => {
      const confirmed = await placed("a", { status: "CONFIRMED", version: 2, stockHeld: true });
      const cancelled = await placed("b", { status: "CANCELLED", version: 3, stockHeld: true });

      expect(refusalIn(await release(confirmed))).toMatchObject({
        orders: [[confirmed.orderId, "CONFIRMED", true]],
      });
      expect(refusalIn(await release(cancelled))).toMatchObject({ orders: [], stock: [["TEA-1", 0]] });
      expect(await fixture.orders.get(cancelled.orderId)).toEqual(cancelled);
    });

    test("D3: two actions on one row are not a transaction, and are decided one by one", async () => {
      const row = await placed("a");

      expect(await reserve(row, row)).toEqual({ kind: "invalid", error: expect.any(Error) });
      expect(await fixture.orders.get(row.orderId)).toEqual(row);
    });

    test("D4, D6: fifty consumers of one SKU with 20 units confirm twenty orders", async () => {
      await fixture.stock.count("TEA-1", 20);
      const rows: Order[] = [];
      for (let i = 0; i < 50; i++) rows.push(await placed(`order ${i}`));
      const consume = reserveStock({ orderStockStore: fixture.orderStockStore });

      const outcomes = await Promise.all(rows.map((row) => consume([created(row)], later())));

      expect(outcomes.flat().map(({ kind }) => kind)).toEqual(Array(50).fill("done"));
      const found = await fixture.orders.getMany(rows.map(({ orderId }) => orderId));
      const statuses = [...found.values()].map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array(20).fill("CONFIRMED"), ...Array(30).fill("REJECTED")]);
      expect(await fixture.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 20, held: 20, available: 0 });
    });

    test("D12: takes an order of 90 SKUs", async () => {
      const lines = Array.from({ length: 90 }, (_, i) => line({ sku: `SKU-${i}` }));
      for (const { sku } of lines) await fixture.stock.count(sku, 1);
      const row = order("wide", {}, lines);
      await fixture.orders.place(row);

      expect(await reserve(row)).toEqual({ kind: "committed" });
    });
  });
}

describeOrderStockStore("in memory", async () => memoryTables(clock.now));

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

describeOrderStockStore("in DynamoDB", () => openOrderStockFixture(db));
