import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbStockStore } from "../../functions/adapters/dynamodb-stock-store.ts";
import type { StockStore } from "../../functions/orders/ports/stock-store.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

interface Shelf {
  readonly stock: StockStore;
  /** Writes a row with partly held units. */
  put(row: { sku: string; onHand: number; held: number; available: number }): Promise<void>;
}

function describeStock(name: string, make: () => Promise<Shelf>): void {
  describe(`stock ${name}`, () => {
    let shelf: Shelf;
    beforeEach(async () => {
      shelf = await make();
    });

    test("the first count creates the row", async () => {
      const row = { sku: "A", onHand: 5, held: 0, available: 5 };

      expect(await shelf.stock.get("A")).toBeUndefined();
      expect(await shelf.stock.count("A", 5)).toEqual({ kind: "counted", stock: row });
      expect(await shelf.stock.get("A")).toEqual(row);
    });

    test.each([
      [10, 7],
      [3, 0],
    ])("D6: with 3 held a count of %i leaves %i available, also when repeated", async (onHand, available) => {
      await shelf.put({ sku: "A", onHand: 5, held: 3, available: 2 });
      const counted = { kind: "counted", stock: { sku: "A", onHand, held: 3, available } };

      expect(await shelf.stock.count("A", onHand)).toEqual(counted);
      expect(await shelf.stock.count("A", onHand)).toEqual(counted);
    });

    test("a count below the held stock is refused and changes nothing", async () => {
      await shelf.put({ sku: "A", onHand: 5, held: 3, available: 2 });

      expect(await shelf.stock.count("A", 2)).toEqual({ kind: "below-held" });
      expect(await shelf.stock.get("A")).toEqual({ sku: "A", onHand: 5, held: 3, available: 2 });
    });
  });
}

describeStock("in memory", async () => {
  const tables = memoryTables(() => 0);
  return { stock: tables.stock, put: async (row) => void tables.rows.stock.set(row.sku, row) };
});

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

const real = async (): Promise<Shelf> => {
  const { marshall } = await import("@aws-sdk/util-dynamodb");
  const { PutItemCommand } = await import("@aws-sdk/client-dynamodb");
  const table = await db.table("stock");
  return {
    stock: dynamoDbStockStore(db.client, table, fakeClock()),
    put: async (row) =>
      void (await db.client.send(new PutItemCommand({ TableName: table, Item: marshall(row) }))),
  };
};
describeStock("in DynamoDB", real);

test("D1, D4: stock in DynamoDB: a count whose reply is lost, or that meets a transaction, is set once", async () => {
  const faults = clientFaults(db.client);
  const { stock } = await real();
  faults.loseReply();
  faults.fail(Object.assign(new Error("ongoing"), { name: "TransactionConflictException" }), 2);

  expect(await stock.count("A", 5)).toEqual({
    kind: "counted",
    stock: { sku: "A", onHand: 5, held: 0, available: 5 },
  });
});
