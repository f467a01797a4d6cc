import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbOrderStockStore } from "../../functions/adapters/dynamodb-order-stock-store.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { dynamoDbUnfinishedOrders } from "../../functions/adapters/dynamodb-unfinished-orders.ts";
import type { OrderStockStore } from "../../functions/orders/ports/order-stock-store.ts";
import type { OrderStore } from "../../functions/orders/ports/order-store.ts";
import type { UnfinishedOrder, UnfinishedOrders } from "../../functions/orders/ports/unfinished-orders.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { memoryUnfinishedOrders } from "../fakes/memory-unfinished-orders.ts";
import { NOW, order } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

interface Stores {
  readonly orders: OrderStore;
  readonly stock: OrderStockStore;
  readonly pending: UnfinishedOrders;
}

const at = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
const clock = fakeClock(NOW);
let db: Database;
let table: string;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

async function all(pending: UnfinishedOrders, before: string): Promise<UnfinishedOrder[]> {
  const found: UnfinishedOrder[] = [];
  let cursor: string | undefined;
  do {
    const page = await pending.placedBefore(before, cursor);
    found.push(...page.orders);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.toSorted((left, right) => left.orderId.localeCompare(right.orderId));
}

function describePending(name: string, make: () => Promise<Stores>): void {
  describe(`pending orders ${name}`, () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await make();
    });
    const ids = async (before: string) => (await all(stores.pending, before)).map(({ orderId }) => orderId);

    test("are the orders placed up to a time, inclusive, each once", async () => {
      const early = Array.from({ length: 120 }, (_, i) => order(`e${i}`, { createdAt: at(i % 3) }));
      const late = order("late", { createdAt: at(3) });
      for (const each of [...early, late]) await stores.orders.place(each);

      expect(await ids(at(2))).toEqual(early.map(({ orderId }) => orderId).toSorted());
    });

    test.each(["CONFIRMED", "REJECTED", "CANCELLED"] as const)("an order that is %s is none", async (to) => {
      const placed = order("1", { createdAt: at(0) });
      await stores.orders.place(placed);
      await stores.pending.markChecked(placed.orderId, NOW);
      const { orderId, linesDigest } = placed;
      const one = { orderId, linesDigest };
      const reason = { code: "OUT_OF_STOCK", sku: "TEA-1" } as const;

      if (to === "CANCELLED") await stores.orders.move(orderId, to, NOW);
      else
        await stores.stock.reserve(
          {
            confirm: to === "CONFIRMED" ? [{ ...placed, ...one }] : [],
            reject: to === "REJECTED" ? [{ order: { ...placed, ...one }, reason }] : [],
            take: new Map(),
            unchanged: new Map(),
          },
          NOW + 1_000,
        );

      expect(await stores.orders.get(orderId)).toMatchObject({ status: to, version: 2 });
      expect(await ids(at(9))).toEqual([]);
    });

    test("keep the time at which their event was published again, and are unchanged otherwise", async () => {
      const placed = order("1", { createdAt: at(0) });
      await stores.orders.place(placed);

      await stores.pending.markChecked(placed.orderId, NOW + 60_000);

      const { orderId, createdAt } = placed;
      expect(await all(stores.pending, at(9))).toEqual([{ orderId, createdAt, checkedAt: at(1) }]);
      expect(await stores.orders.get(orderId)).toEqual(placed);
    });

    test("a decided order is not marked, and an unknown one not created", async () => {
      const decided = order("1", { status: "CONFIRMED" });
      await stores.orders.place(decided);

      for (const { orderId } of [decided, order("2")]) await stores.pending.markChecked(orderId, NOW);

      expect(await all(stores.pending, at(9))).toEqual([]);
      expect(await stores.orders.get(order("2").orderId)).toBeUndefined();
    });
  });
}

describePending("in memory", async () => {
  const tables = memoryTables(() => NOW);
  return {
    orders: tables.orders,
    stock: tables.orderStockStore,
    pending: memoryUnfinishedOrders(tables.rows.orders),
  };
});
describePending("in DynamoDB", async () => {
  table = await db.table("orders");
  const stock = await db.table("stock");
  return {
    orders: dynamoDbOrderStore(db.client, table, clock),
    stock: dynamoDbOrderStockStore(db.client, { orders: table, stock }, clock),
    pending: dynamoDbUnfinishedOrders(db.client, table, clock),
  };
});
