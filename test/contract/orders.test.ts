import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import type { OrderStore } from "../../functions/orders/ports/order-store.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { NOW, order } from "../fixtures/events.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

function describeOrders(name: string, make: () => Promise<OrderStore> | OrderStore): void {
  describe(`orders ${name}`, () => {
    let orders: OrderStore;
    beforeEach(async () => {
      orders = await make();
    });
    const place = async (changes: Partial<Order> = {}) => {
      const row = order("1", changes);
      await orders.place(row);
      return row;
    };

    test("place writes every field of a new row", async () => {
      const row = order("1", {
        reason: { code: "OUT_OF_STOCK", sku: "TEA-1" },
        stockHeld: false,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      });

      expect(await orders.place(row)).toEqual({ kind: "placed" });
      expect(await orders.get(row.orderId)).toEqual(row);
    });

    test("A2: place returns the existing row unchanged", async () => {
      const row = await place();

      expect(await orders.place({ ...row, requestHash: "other", minorUnits: 1 })).toEqual({
        kind: "exists",
        order: row,
      });
      expect(await orders.get(row.orderId)).toEqual(row);
    });

    test("A1: of ten concurrent places one writes, and the others return its row", async () => {
      const rows = Array.from({ length: 10 }, (_, i) => order("1", { requestHash: String(i) }));

      const answers = await Promise.all(rows.map((row) => orders.place(row)));

      const written = await orders.get(order("1").orderId);
      expect(answers.filter(({ kind }) => kind === "placed")).toHaveLength(1);
      for (const answer of answers) if (answer.kind === "exists") expect(answer.order).toEqual(written);
    });

    test.each(["PENDING", "CONFIRMED", "REJECTED"] as const)(
      "A14: cancel increments the version of a %s order",
      async (status) => {
        const row = await place({ status, version: 4 });

        const result = await orders.move(row.orderId, "CANCELLED", NOW + 5_000);

        const cancelled = { ...row, status: "CANCELLED", version: 5 };
        expect(result).toMatchObject({
          kind: "found",
          order: { ...cancelled, updatedAt: expect.any(String) },
        });
        expect(await orders.get(row.orderId)).toMatchObject({ status: "CANCELLED", version: 5 });
      },
    );

    test("A14: cancel leaves a CANCELLED order unchanged and reports an unknown one", async () => {
      const row = await place({ status: "CANCELLED", version: 2, stockHeld: false });

      expect(await orders.move(row.orderId, "CANCELLED", NOW + 5_000)).toEqual({ kind: "found", order: row });
      expect(await orders.get(row.orderId)).toEqual(row);
      expect(await orders.move(order("2").orderId, "CANCELLED", NOW)).toEqual({ kind: "unknown" });
      expect(await orders.get(order("2").orderId)).toBeUndefined();
    });

    test("A14: ten concurrent cancels are one transition", async () => {
      const { orderId } = await place();

      const results = await Promise.all(
        Array.from({ length: 10 }, () => orders.move(orderId, "CANCELLED", NOW)),
      );

      for (const result of results)
        expect(result).toMatchObject({ order: { status: "CANCELLED", version: 2 } });
    });

    test("getMany returns each of 100 existing rows once", async () => {
      const rows = Array.from({ length: 60 }, (_, i) => order(`many ${i}`));
      for (const row of rows) await orders.place(row);
      const ids = [
        ...rows.map(({ orderId }) => orderId),
        ...Array.from({ length: 40 }, (_, i) => order(`none ${i}`).orderId),
      ];

      const found = await orders.getMany([...ids.slice(0, 99), ids[0] ?? ""]);

      expect(found).toEqual(new Map(rows.map((row) => [row.orderId, row])));
      expect(await orders.getMany([])).toEqual(new Map());
    });
  });
}

describeOrders("in memory", () => memoryTables(() => NOW).orders);

let db: Database;
let table: string;
let faults: ClientFaults;
const clock = fakeClock(NOW);
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());
const real = async () => {
  table = await db.table("orders");
  return dynamoDbOrderStore(db.client, table, clock);
};

describeOrders("in DynamoDB", real);

describe("orders in DynamoDB, whose reply is lost", () => {
  test("D2: place finds its own row and returns it", async () => {
    const orders = await real();
    const row = order("1");
    faults.loseReply();

    expect(await orders.place(row)).toEqual({ kind: "exists", order: row });
  });

  test("D1: cancel is one transition", async () => {
    const orders = await real();
    const row = order("1");
    await orders.place(row);
    faults.loseReply();

    expect(await orders.move(row.orderId, "CANCELLED", NOW)).toMatchObject({
      kind: "found",
      order: { version: 2 },
    });
  });
});

describe("orders in DynamoDB, during another transaction", () => {
  const conflict = () => Object.assign(new Error("ongoing"), { name: "TransactionConflictException" });

  test.each(["place", "move"] as const)("D4: %s retries with jitter", async (method) => {
    const orders = await real();
    const row = order("1");
    if (method === "move") await orders.place(row);
    faults.fail(conflict(), 5);

    const result =
      method === "place" ? await orders.place(row) : await orders.move(row.orderId, "CANCELLED", NOW);

    expect(result.kind).toBe(method === "place" ? "placed" : "found");
  });

  test("D4: place gives up after five seconds, with the service's error", async () => {
    const orders = await real();
    const startedAt = clock.now();
    faults.fail(conflict(), 1_000);

    await expect(orders.place(order("1"))).rejects.toThrow("ongoing");

    expect(clock.now() - startedAt).toBeGreaterThan(1_000);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(5_000);
  });
});
