import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDbOrderFinder } from "../../functions/adapters/dynamodb-order-finder.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { ORDERS_BY_CUSTOMER, UNFINISHED_ORDERS } from "../../functions/contract/names.ts";
import type { Status } from "../../functions/contract/order-status.ts";
import type { OrderFilter, OrderFinder } from "../../functions/orders/ports/order-finder.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryOrderFinder } from "../fakes/memory-order-finder.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { NOW, order } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

type Make = (hasCustomerIndex: boolean) => Promise<{
  readonly finder: OrderFinder;
  readonly place: (row: ReturnType<typeof order>) => Promise<unknown>;
}>;

const at = (minute: number): string => new Date(NOW + minute * 60_000).toISOString();
const CUSTOMERS = ["ada", "grace"] as const;
const STATUSES: readonly Status[] = ["PENDING", "CONFIRMED", "CANCELLED"];
/** Sixty orders, one a minute, of two customers in turns and of three statuses in turns. */
const ROWS = Array.from({ length: 60 }, (_, i) =>
  order(`f${i}`, {
    customerId: CUSTOMERS[i % 2] ?? "ada",
    status: STATUSES[i % 3] ?? "PENDING",
    createdAt: at(i),
  }),
);

async function all(finder: OrderFinder, filter: OrderFilter, limit: number) {
  const ids: string[] = [];
  const ways = new Set<string>();
  let [cursor, units, most]: [string | undefined, number, number] = [undefined, 0, 0];
  do {
    const page = await finder.find(filter, limit, cursor);
    if (page === undefined) throw new Error(`The cursor ${cursor} was refused.`);
    ids.push(...page.orders.map(({ orderId }) => orderId));
    most = Math.max(most, page.orders.length);
    ways.add(page.by);
    units += page.readUnits;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { ids, ways: [...ways], units, most };
}

function describeFinder(name: string, make: Make): void {
  describe.each([false, true])(`orders found ${name}, with an index by customer: %s`, (hasCustomerIndex) => {
    let finder: OrderFinder;
    // No test changes a row.
    beforeAll(async () => {
      const made = await make(hasCustomerIndex);
      finder = made.finder;
      await Promise.all(ROWS.map(made.place));
    });
    const ofCustomer = hasCustomerIndex ? "customer-index" : "scan";

    test.each<[string, OrderFilter, string]>([
      ["all", {}, "scan"],
      ["of a status", { status: "CONFIRMED" }, "scan"],
      ["that are PENDING", { status: "PENDING" }, "pending-index"],
      ["that are PENDING, of some minutes", { status: "PENDING", from: at(7), to: at(31) }, "pending-index"],
      ["of a customer", { customerId: "ada" }, ofCustomer],
      ["of a customer and a status", { customerId: "ada", status: "CANCELLED" }, ofCustomer],
      ["of a customer, of some minutes", { customerId: "grace", from: at(10), to: at(20) }, ofCustomer],
      ["of an unknown customer", { customerId: "unknown-1" }, ofCustomer],
      ["of some minutes", { from: at(59) }, "scan"],
    ])("%s: each once, in pages of any size", async (_, filter, way) => {
      const { customerId, status, from = at(0), to = at(59) } = filter;
      const expected = ROWS.filter(
        (row) =>
          row.customerId === (customerId ?? row.customerId) &&
          row.status === (status ?? row.status) &&
          row.createdAt >= from &&
          row.createdAt <= to,
      );

      for (const limit of [1, 7, 100]) {
        const { ids, ways, most, units } = await all(finder, filter, limit);
        expect(ids.toSorted()).toEqual(expected.map(({ orderId }) => orderId).sort());
        expect(ways).toEqual([way]);
        expect(most).toBeLessThanOrEqual(limit);
        expect(units).toBeGreaterThanOrEqual(expected.length === 0 ? 0 : 0.5);
      }
    });

    test.each(["", "x", "~", "~~", "Z~2026~x", "0~2026-01-01T12:00:00.000Z~x", "constructor", "0~a~b~c"])(
      "K8: no search takes the cursor %j",
      async (cursor) => {
        for (const filter of [{}, { customerId: "ada" }])
          expect(await finder.find(filter, 10, cursor)).toBeUndefined();
      },
    );
  });
}

describeFinder("in memory", async (hasCustomerIndex) => {
  const tables = memoryTables(() => NOW);
  return {
    finder: memoryOrderFinder(tables.rows.orders, { hasCustomerIndex, pageSize: 9 }),
    place: (row) => tables.orders.place(row),
  };
});

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

let tables = 0;
/** The orders table with both indexes. */
async function ordersTable(client: DynamoDBClient): Promise<string> {
  const TableName = `found-orders-${++tables}`;
  const index = ({
    indexName,
    partitionKey,
    sortKey,
  }: typeof UNFINISHED_ORDERS | typeof ORDERS_BY_CUSTOMER) => ({
    IndexName: indexName,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: "HASH" as const },
      { AttributeName: sortKey, KeyType: "RANGE" as const },
    ],
    Projection: { ProjectionType: "KEYS_ONLY" as const },
  });
  const input: CreateTableCommandInput = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "orderId", KeyType: "HASH" }],
    AttributeDefinitions: ["orderId", "createdAt", "customerId", UNFINISHED_ORDERS.partitionKey].map(
      (AttributeName) => ({ AttributeName, AttributeType: "S" }),
    ),
    GlobalSecondaryIndexes: [index(UNFINISHED_ORDERS), index(ORDERS_BY_CUSTOMER)],
  };
  await client.send(new CreateTableCommand(input));
  return TableName;
}

describeFinder("in DynamoDB", async (hasCustomerIndex) => {
  const table = await ordersTable(db.client);
  const orders = dynamoDbOrderStore(db.client, table, fakeClock(NOW));
  return {
    finder: dynamoDbOrderFinder(db.client, table, orders, hasCustomerIndex),
    place: (row) => orders.place(row),
  };
});
