import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Order } from "../../functions/domain/order.ts";
import { type Client, client, line } from "./client.ts";
import { eventAbout, failedKey } from "./messages.ts";
import { openStage, STAGE_STARTS_MS } from "./stage-target.ts";
import { expectExactStock, rowsOf } from "./tables.ts";
import type { StageTarget } from "./target.ts";
import { until } from "./until.ts";

/** A refused event is parked when it is a minute old. */
const UNTIL_PARKED_MS = 90_000;

let target: StageTarget;
let api: Client;
beforeAll(async () => {
  target = await openStage();
  api = client(target);
  await api.stockUp("tea", 100);
}, STAGE_STARTS_MS);
afterAll(() => target.close());

it("A16: a row that is no order is parked, and the orders behind it are published", async () => {
  const TableName = target.tableName("orders");
  const garbage = { orderId: { S: "no-order" }, status: { S: "PENDING" } };
  await target.dynamoDb.send(new PutItemCommand({ TableName, Item: garbage }));

  const order = await api.settled("tea", 1);
  const row = await until("the row is parked", async () =>
    (await rowsOf<{ source: string; body: string; reason: string }>(target, "failedMessages")).find(
      ({ body }) => body.includes("no-order"),
    ),
  );

  expect(order.status).toBe("CONFIRMED");
  expect(row).toMatchObject({
    consumer: "publish-events",
    reason: "INVALID_EVENT",
    failures: 1,
    status: "OPEN",
  });
});

it("A9: orders are accepted while the topic is lost, and settle when it is found", async () => {
  const findTopic = target.stage.loseTopic();
  const placed = await Promise.all(Array.from({ length: 5 }, () => api.place({ lines: [line("tea", 2)] })));
  const meanwhile = await Promise.all(placed.map(({ body }) => api.order(body.orderId)));
  findTopic();
  const orders = await Promise.all(placed.map(({ body }) => api.become(body.orderId)));

  expect(placed.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set(["PENDING"]));
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(["CONFIRMED"]));
});

it("A9: an event that the topic refuses for a minute is parked, and published by the schedule later", {
  timeout: 2 * UNTIL_PARKED_MS,
}, async () => {
  const findTopic = target.stage.loseTopic();
  const { body } = await api.place({ lines: [line("tea", 2)] });
  const key = failedKey("publish-events", eventAbout(body, "order.created"));
  const parked = await api.failed(key, "OPEN", UNTIL_PARKED_MS);
  findTopic();
  await target.stage.invoke("republish");
  const tooEarly = await api.order(body.orderId);
  await makeOlder(key);
  await target.stage.invoke("republish");
  const order = await api.become(body.orderId);

  expect(parked).toMatchObject({ reason: "PUBLISH_FAILED", eventType: "order.created", failures: 1 });
  expect(tooEarly.status).toBe("PENDING");
  expect(order.status).toBe("CONFIRMED");
  const resolved = await api.failed(key, "RESOLVED");
  expect(resolved.history.map(({ act, by }) => `${act} by ${by}`)).toEqual([
    "redrive by republish",
    "resolve by republish",
  ]);
});

it("A11, A16: a batch that crashed the publisher is imported; what it held that is settled needs nobody", async () => {
  const order = await api.settled("tea", 1);
  const row = (await rowsOf<Order>(target, "orders")).find(({ orderId }) => orderId === order.orderId);
  const NewImage = marshall({ ...row, status: "PENDING", version: 1 });
  await target.stage.leaveCrashedBatch({ Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] });

  await target.stage.invoke("republish");
  await target.stage.invoke("republish");

  const key = failedKey("publish-events", eventAbout(order, "order.created", 1));
  const settled = await api.failed(key, "RESOLVED");
  expect(settled).toMatchObject({ reason: "PUBLISH_FAILED", failures: 1, generation: 1 });
  expect(settled.history.at(-1)).toMatchObject({ act: "resolve", by: "settled" });
});

/** As if the first minute of back-off had passed. */
async function makeOlder(key: string): Promise<void> {
  await target.dynamoDb.send(
    new UpdateItemCommand({
      TableName: target.tableName("failedMessages"),
      Key: { failedKey: { S: key } },
      UpdateExpression: "SET lastAt = :at",
      ExpressionAttributeValues: { ":at": { S: new Date(Date.now() - 61_000).toISOString() } },
    }),
  );
}

it("I1: afterwards the stock is what the orders say", async () => {
  const isOrder = (await rowsOf<{ orderId: string }>(target, "orders")).filter(
    ({ orderId }) => orderId !== "no-order",
  );

  expect(isOrder).toHaveLength(8);
  await expectExactStock(target);
});
