import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbOrderStockStore } from "../../functions/adapters/dynamodb-order-stock-store.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { dynamoDbUnfinishedOrders } from "../../functions/adapters/dynamodb-unfinished-orders.ts";
import type { Clock } from "../../functions/middleware/clock.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
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
  readonly unfinished: UnfinishedOrders;
}

const at = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
const placedAt = (name: string, minute: number) =>
  order(name, { createdAt: at(minute), updatedAt: at(minute) });
const clock = fakeClock(NOW);
let db: Database;
let table: string;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

async function all(unfinished: UnfinishedOrders, before: string): Promise<UnfinishedOrder[]> {
  const found: UnfinishedOrder[] = [];
  let cursor: string | undefined;
  do {
    const page = await unfinished.waitingSince(before, cursor);
    found.push(...page.orders);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.toSorted((left, right) => left.orderId.localeCompare(right.orderId));
}

function describeUnfinished(name: string, make: (clock: Clock) => Promise<Stores>): void {
  describe(`unfinished orders ${name}`, () => {
    let stores: Stores;
    /** The time of the tables' writes. */
    let now = NOW;
    beforeEach(async () => {
      now = NOW;
      stores = await make({ ...clock, now: () => now });
    });
    const ids = async (before: string) =>
      (await all(stores.unfinished, before)).map(({ orderId }) => orderId);
    const stored = async ({ orderId }: Order) => (await stores.orders.get(orderId)) as Order;

    async function decide(placed: Order, to: "CONFIRMED" | "REJECTED"): Promise<void> {
      const reason = { code: "OUT_OF_STOCK", sku: "TEA-1" } as const;
      const plan = {
        confirm: to === "CONFIRMED" ? [placed] : [],
        reject: to === "REJECTED" ? [{ order: placed, reason }] : [],
        take: new Map(),
        unchanged: new Map(),
      };
      expect(await stores.stock.reserve(plan, NOW + 3_600_000)).toEqual({ kind: "committed" });
    }

    async function cancel({ orderId }: Order, minute: number): Promise<void> {
      now = NOW + minute * 60_000;
      const moved = await stores.orders.move(orderId, "CANCELLED", now);
      expect(moved).toMatchObject({ kind: "found", order: { status: "CANCELLED" } });
    }

    async function release(placed: Order): Promise<void> {
      const plan = { release: [placed], restore: new Map(), unchanged: new Map() };
      expect(await stores.stock.release(plan, NOW + 3_600_000)).toEqual({ kind: "committed" });
    }

    test("are the PENDING ones placed up to a time, inclusive, each once", async () => {
      const early = Array.from({ length: 120 }, (_, i) => placedAt(`e${i}`, i % 3));
      const late = placedAt("late", 3);
      for (const each of [...early, late]) await stores.orders.place(each);

      expect(await ids(at(2))).toEqual(early.map(({ orderId }) => orderId).toSorted());
    });

    test.each(["CONFIRMED", "REJECTED"] as const)("do not include an order that is %s", async (to) => {
      const placed = placedAt("1", 0);
      await stores.orders.place(placed);
      await stores.unfinished.markChecked(placed, NOW);

      await decide(placed, to);

      expect(await stored(placed)).toMatchObject({ status: to, version: 2 });
      expect(await ids(at(9))).toEqual([]);
    });

    test.each(["PENDING", "REJECTED"] as const)(
      "do not include an order that was cancelled when it was %s and so held no stock",
      async (from) => {
        const placed = placedAt("1", 0);
        await stores.orders.place(placed);
        if (from === "REJECTED") await decide(placed, from);

        await cancel(placed, 1);

        expect(await stored(placed)).toMatchObject({
          status: "CANCELLED",
          version: from === "REJECTED" ? 3 : 2,
          updatedAt: at(1),
        });
        expect(await ids(at(9))).toEqual([]);
      },
    );

    test("are the cancelled ones that hold stock, since their cancellation, until it is released", async () => {
      const placed = placedAt("1", 0);
      await stores.orders.place(placed);
      await stores.unfinished.markChecked(placed, NOW);
      await decide(placed, "CONFIRMED");

      await cancel(placed, 5);
      const early = await ids(at(4));
      const found = await all(stores.unfinished, at(5));
      await stores.unfinished.markChecked(await stored(placed), NOW + 7 * 60_000);
      const marked = await all(stores.unfinished, at(5));
      await release(placed);

      expect(early).toEqual([]);
      expect(found).toEqual([{ orderId: placed.orderId, since: at(5) }]);
      expect(marked).toEqual([{ orderId: placed.orderId, since: at(5), checkedAt: at(7) }]);
      expect(await stored(placed)).toEqual({
        ...placed,
        status: "CANCELLED",
        version: 3,
        stockHeld: false,
        updatedAt: at(5),
      });
      expect(await ids(at(9))).toEqual([]);
    });

    test("keep the time at which their event was published again, and are unchanged otherwise", async () => {
      const placed = placedAt("1", 0);
      await stores.orders.place(placed);

      await stores.unfinished.markChecked(placed, NOW + 60_000);

      const { orderId, createdAt } = placed;
      expect(await all(stores.unfinished, at(9))).toEqual([{ orderId, since: createdAt, checkedAt: at(1) }]);
      expect(await stores.orders.get(orderId)).toEqual(placed);
    });

    test("are not marked once they are finished or unfinished for another event, and an unknown one is not created", async () => {
      const [decided, cancelled, unknown] = [placedAt("1", 0), placedAt("2", 0), placedAt("3", 0)];
      for (const placed of [decided, cancelled]) {
        await stores.orders.place(placed);
        await decide(placed, "CONFIRMED");
      }
      await cancel(cancelled, 1);

      for (const placed of [decided, cancelled, unknown]) await stores.unfinished.markChecked(placed, NOW);

      expect(await all(stores.unfinished, at(9))).toEqual([{ orderId: cancelled.orderId, since: at(1) }]);
      expect(await stores.orders.get(unknown.orderId)).toBeUndefined();
    });
  });
}

describeUnfinished("in memory", async ({ now }) => {
  const tables = memoryTables(now);
  return {
    orders: tables.orders,
    stock: tables.orderStockStore,
    unfinished: memoryUnfinishedOrders(tables.rows.orders),
  };
});
describeUnfinished("in DynamoDB", async (writing) => {
  table = await db.table("orders");
  const stock = await db.table("stock");
  return {
    orders: dynamoDbOrderStore(db.client, table, writing),
    stock: dynamoDbOrderStockStore(db.client, { orders: table, stock }, writing),
    unfinished: dynamoDbUnfinishedOrders(db.client, table, writing),
  };
});
