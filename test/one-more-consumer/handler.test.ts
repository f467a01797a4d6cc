import { CreateTableCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { EFFECTS_SORT_KEY, ENV, TABLE_KEYS } from "../../functions/contract/names.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { type Database, database } from "../contract/services.ts";
import { line, order } from "../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";

const POINTS = "points";
const EFFECTS = "effects";
let db: Database;
let handler: (event: unknown, context: object) => Promise<unknown>;

beforeAll(async () => {
  db = await database();
  await newTable(POINTS, "customerId", "orderId");
  await newTable(EFFECTS, TABLE_KEYS.effects, EFFECTS_SORT_KEY);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_ENDPOINT_URL", db.endpoint);
  vi.stubEnv(ENV.queueUrl, `${db.endpoint}/queue`);
  vi.stubEnv(ENV.failedMessagesTable, "failed-messages");
  vi.stubEnv(ENV.effectsTable, EFFECTS);
  vi.stubEnv("TABLE_POINTS", POINTS);
  vi.stubEnv("TABLE_POINT_CODES", "point-codes");
  ({ handler } = (await import("./extra-reader/handler.ts")) as { handler: typeof handler });
});
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await db.close();
});

async function newTable(TableName: string, ...keys: readonly [string, string]): Promise<void> {
  await db.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? "HASH" : "RANGE" })),
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    }),
  );
}

const deliver = (...events: readonly OrderEvent[]) =>
  handler(sqsEvent(...events.map((event) => sqsRecord(event))), context());

async function pointsOf(orderId: string): Promise<unknown> {
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: POINTS, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item)).find((row) => row["orderId"] === orderId)?.["points"];
}

const confirmed = (key: string) => order(key, { status: "CONFIRMED", version: 2 }, [line({ quantity: 3 })]);

test("a declared handler has its effect once, however often and concurrently its event is delivered", async () => {
  const row = confirmed("1");
  const event = eventOf(row);

  const responses = await Promise.all([deliver(event), deliver(event), deliver(event)]);
  responses.push(await deliver(event, eventOf(confirmed("2"))));

  expect(responses).toEqual(Array(4).fill({ batchItemFailures: [] }));
  expect(await pointsOf(row.orderId)).toBe(3);
  expect(await pointsOf(confirmed("2").orderId)).toBe(3);
});

test("a later event of the order has an effect of its own, also where the first is redelivered behind it", async () => {
  const row = confirmed("3");
  const cancelled = eventOf({ ...row, status: "CANCELLED", version: 3 });

  await deliver(eventOf(row));
  await deliver(cancelled);
  await deliver(cancelled, eventOf(row));

  expect(await pointsOf(row.orderId)).toBe(0);
});

test("an event that the declaration does not name is ignored", async () => {
  const row = order("4", { status: "REJECTED", version: 2 });

  expect(await deliver(eventOf(row))).toEqual({ batchItemFailures: [] });
  expect(await pointsOf(row.orderId)).toBeUndefined();
});
