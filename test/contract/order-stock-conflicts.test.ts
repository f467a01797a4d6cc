import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbOrderStockStore } from "../../functions/adapters/dynamodb-order-stock-store.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { order } from "../fixtures/events.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { clock, later, type OrderStockFixture, openOrderStockFixture, plan } from "./order-stock-fixture.ts";
import { type Database, database } from "./services.ts";

let db: Database;
let faults: ClientFaults;
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());

describe("the order and stock store in DynamoDB", () => {
  const cancelled = (...codes: (string | undefined)[]) =>
    new TransactionCanceledException({
      message: "cancelled",
      $metadata: {},
      CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
    });
  const withoutReasons = () => new TransactionCanceledException({ message: "cancelled", $metadata: {} });
  const named = (name: string) => Object.assign(new Error(name), { name });
  let fixture: OrderStockFixture;
  let row: Order;
  beforeEach(async () => {
    fixture = await openOrderStockFixture(db);
    row = order("a");
    await fixture.orders.place(row);
    await fixture.stock.count("TEA-1", 3);
  });
  const reserve = () => fixture.orderStockStore.reserve(plan(row), clock.now() + 2_000);

  test("D1: whose reply is lost has reserved the units once and reports it", async () => {
    faults.loseReply();

    expect(await reserve()).toEqual({ kind: "committed" });
    expect(await fixture.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 3, held: 1, available: 2 });
    expect(await fixture.orders.get(row.orderId)).toMatchObject({ version: 2 });
  });

  test("D1: a rejection whose reply is lost is one transition", async () => {
    const reason = { code: "UNKNOWN_SKU", sku: "NOPE" } as const;
    faults.loseReply();

    await fixture.orderStockStore.reserve(
      { unchanged: new Map(), confirm: [], reject: [{ order: row, reason }], take: new Map() },
      later(),
    );

    expect(await fixture.orders.get(row.orderId)).toMatchObject({ status: "REJECTED", version: 2 });
  });

  test.each<[string, () => Error]>([
    ["a conflict on one row", () => cancelled("None", "TransactionConflict")],
    ["conflicts on both rows", () => cancelled("TransactionConflict", "TransactionConflict")],
    ["D5: a throttle on one row", () => cancelled("ThrottlingError", "None")],
    ["D5: exceeded throughput", () => cancelled("None", "ProvisionedThroughputExceeded")],
    ["a conflict beside a throttle", () => cancelled("TransactionConflict", "ThrottlingError")],
    ["D11: the same request in progress", () => named("TransactionInProgressException")],
    ["D5: a throttled request", () => named("ThrottlingException")],
    ["D5: a request limit", () => named("RequestLimitExceeded")],
  ])("D3: %s is retried with jitter until it succeeds", async (_, error) => {
    faults.fail(error(), 4);

    expect(await reserve()).toEqual({ kind: "committed" });
  });

  test.each<[string, () => Error]>([
    ["D3: a cancellation without reasons", withoutReasons],
    ["a cancellation without a reason", () => cancelled("None", "None")],
    ["an unknown reason", () => cancelled("None", "ItemCollectionSizeLimitExceeded")],
    ["a foreign error", () => named("InternalServerError")],
  ])("%s is rejected at once with the service's error", async (_, error) => {
    const failure = error();
    faults.fail(failure);

    await expect(reserve()).rejects.toBe(failure);
  });

  test("D3: a failed condition decides, also beside a conflict", async () => {
    faults.fail(cancelled("ConditionalCheckFailed", "TransactionConflict"));

    expect(await reserve()).toEqual({
      kind: "refused",
      images: { orders: new Map([[row.orderId, undefined]]), stock: new Map() },
    });
  });

  test("D3: a transaction that the service rejects is decided order by order", async () => {
    const error = cancelled("None", "ValidationError");
    faults.fail(error);

    expect(await reserve()).toEqual({ kind: "invalid", error });
  });

  test("D4: a lasting conflict ends before the deadline with the service's error", async () => {
    const startedAt = clock.now();
    const attempts = faults.attempts();
    const failure = cancelled("TransactionConflict", "None");
    const stubborn = dynamoDbOrderStockStore(
      { send: () => Promise.reject(failure) } as unknown as Database["client"],
      { orders: "o", stock: "s" },
      clock,
    );

    await expect(stubborn.reserve(plan(row), startedAt + 2_000)).rejects.toBe(failure);

    expect(clock.now()).toBeLessThan(startedAt + 2_000);
    expect(clock.now()).toBeGreaterThan(startedAt + 500);
    expect(faults.attempts()).toBe(attempts);
  });
});
