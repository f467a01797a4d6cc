/** Rows that another writer changed: a back-fill, or an operator in the console of DynamoDB. */
import { type AttributeValue, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { dynamoDbOrderScan } from "../../functions/adapters/dynamodb-order-scan.ts";
import { dynamoDbOrderStockStore } from "../../functions/adapters/dynamodb-order-stock-store.ts";
import { dynamoDbOrderStore } from "../../functions/adapters/dynamodb-order-store.ts";
import { dynamoDbStockStore } from "../../functions/adapters/dynamodb-stock-store.ts";
import { eventOfStreamRecord, orderToRow, type Row } from "../../functions/adapters/order-row.ts";
import { reserveStock } from "../../functions/orders/reserve-stock.ts";
import { transitionDecoder } from "../../functions/publishing/publish-transitions.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { created, line, NOW, order } from "../fixtures/events.ts";
import { failedRow } from "../fixtures/failed-rows.ts";
import { type Database, database } from "./services.ts";

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

/** https://github.com/aws/aws-sdk-js-v3/issues/6571, https://github.com/aws/aws-sdk-js-v3/issues/2014 */
const FOREIGN: readonly AttributeValue[] = [
  { N: "1.23e+40" },
  { N: "-9007199254740998.25" },
  { N: "73314510714175488123" },
  { SS: ["a"] },
  { NS: ["1.23e+40"] },
  { B: new Uint8Array([0, 255]) },
  { BS: [new Uint8Array([0, 255])] },
  { NULL: true },
  { M: { n: { N: "1.23e+40" } } },
];

const set = (TableName: string, Key: Row, name: string, value: AttributeValue) =>
  db.client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: "SET #name = :value",
      ExpressionAttributeNames: { "#name": name },
      ExpressionAttributeValues: { ":value": value },
    }),
  );

test.each(FOREIGN)(
  "K21: an order with another attribute, %j, is read, found and cancelled",
  async (value) => {
    const table = await db.table("orders");
    const orders = dynamoDbOrderStore(db.client, table, fakeClock(NOW));
    const row = order("1");
    await orders.place(row);
    await set(table, { orderId: { S: row.orderId } }, "score", value);
    const query = { status: "PENDING", before: new Date(NOW).toISOString(), limit: 10 } as const;

    expect(await orders.get(row.orderId)).toMatchObject(row);
    expect((await dynamoDbOrderScan(db.client, table).page(query)).orders).toMatchObject([row]);
    expect(await orders.place(row)).toMatchObject({ kind: "exists", order: row });
    expect(await orders.move(row.orderId, "CANCELLED", NOW)).toMatchObject({
      order: { status: "CANCELLED" },
    });
  },
);

test.each(FOREIGN)("K21: the event of an order with another attribute, %j, is published", (value) => {
  const row = order("1");
  const raw = {
    eventSource: "aws:dynamodb",
    dynamodb: {
      SequenceNumber: "1",
      ApproximateCreationDateTime: NOW / 1_000,
      NewImage: { ...orderToRow(row), score: value },
    },
  } as unknown as Parameters<ReturnType<typeof transitionDecoder>>[0];

  expect(transitionDecoder(eventOfStreamRecord)(raw)).toMatchObject({
    kind: "message",
    message: { event: created(row) },
  });
});

test.each<[string, AttributeValue]>([
  ["of an object", { M: { type: { S: "order.created" } } }],
  ["of a text", { S: "type" }],
  ["of no pairs", { L: [{ S: "type" }] }],
  ["of none", { NULL: true }],
])("K21: a failed message with attributes %s is read beside the others", async (_, attributes) => {
  const table = await db.table("failedMessages");
  const store = dynamoDbFailedMessageStore(db.client, table);
  for (const failedKey of ["a", "b"]) await store.put(failedRow({ failedKey }), undefined);
  await set(table, { failedKey: { S: "a" } }, "attributes", attributes);

  const { rows } = await store.list("OPEN", { limit: 10 });
  const whole = await store.getMany(["a", "b"]);

  for (const keys of [rows.map(({ failedKey }) => failedKey), [...whole.keys()]])
    expect(keys.sort()).toEqual(["a", "b"]);
  expect(whole.get("b")?.attributes).toEqual({ type: "order.created" });
});

test.each<[string, AttributeValue | undefined]>([
  ["a text", { S: "ten" }],
  ["nothing", undefined],
])("K21: a stock row that has %s for its units fails its own orders, with its name", async (_, value) => {
  const tables = { orders: await db.table("orders"), stock: await db.table("stock") };
  const clock = fakeClock(NOW);
  const orders = dynamoDbOrderStore(db.client, tables.orders, clock);
  const stock = dynamoDbStockStore(db.client, tables.stock, clock);
  const orderStockStore = dynamoDbOrderStockStore(db.client, tables, clock);
  const rows = ["good", "damaged"].map((sku) => order(sku, {}, [line({ sku })]));
  for (const row of rows) await orders.place(row);
  for (const sku of ["good", "damaged"]) await stock.count(sku, 5);
  await set(tables.stock, { sku: { S: "damaged" } }, "available", value ?? { NULL: true });
  const reserve = () =>
    reserveStock({ orderStockStore })(
      rows.map((row) => created(row)),
      NOW + 5_000,
    );

  expect(await reserve()).toMatchObject([
    { kind: "done" },
    { kind: "retry", error: { message: expect.stringContaining("The stock row of damaged has no number") } },
  ]);

  await stock.count("damaged", 5);
  expect(await reserve()).toMatchObject([{ kind: "duplicate" }, { kind: "done" }]);
});
