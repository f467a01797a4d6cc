import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDbOrderScan } from "../../functions/adapters/dynamodb-order-scan.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import type { OrderScan } from "../../functions/orders/ports/order-scan.ts";
import { memoryOrderScan } from "../fakes/memory-order-scan.ts";
import { NOW, order } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

const at = (minute: number) => new Date(NOW + minute * 60_000).toISOString();
const row = (key: string, changes: Partial<Order> = {}): Order => ({
  ...order(key),
  updatedAt: at(0),
  ...changes,
});

function describeScan(name: string, make: (rows: readonly Order[]) => Promise<OrderScan>): void {
  describe(`the scan of orders ${name}`, () => {
    test("returns complete rows of a status without a transition since a time, inclusive", async () => {
      const wanted = [row("a"), row("b", { updatedAt: at(5) })];
      const others = [row("c", { status: "CONFIRMED" }), row("d", { updatedAt: at(6) })];
      const scan = await make([...wanted, ...others]);

      const { orders, after } = await scan.page({ status: "PENDING", before: at(5), limit: 100 });

      const byId = (left: Order, right: Order) => left.orderId.localeCompare(right.orderId);
      expect([...orders].sort(byId)).toEqual([...wanted].sort(byId));
      expect(after).toBeUndefined();
    });

    test("continues after any returned order and returns each order once", async () => {
      const rows = Array.from({ length: 25 }, (_, i) =>
        row(`k${i}`, i % 3 === 0 ? { status: "REJECTED" } : {}),
      );
      const scan = await make(rows);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const from = after === undefined ? {} : { after };
        const page = await scan.page({ status: "PENDING", before: at(0), limit: 4, ...from });
        seen.push(...page.orders.map(({ orderId }) => orderId));
        after = page.after;
      } while (after !== undefined);

      const wanted = rows.filter(({ status }) => status === "PENDING").map(({ orderId }) => orderId);
      expect(seen.toSorted()).toEqual(wanted.toSorted());
      const first = await scan.page({
        status: "PENDING",
        before: at(0),
        limit: 100,
        after: seen[3] ?? "",
      });
      expect(first.orders.map(({ orderId }) => orderId)).toEqual(seen.slice(4));
    });
  });
}

describeScan("in memory", async (rows) => memoryOrderScan(new Map(rows.map((each) => [each.orderId, each]))));
describeScan("in DynamoDB", async (rows) => {
  const table = await db.table("orders");
  const orders = dynamoDbOrderStore(db.client, table, systemClock);
  for (const each of rows) await orders.place(each);
  return dynamoDbOrderScan(db.client, table);
});
