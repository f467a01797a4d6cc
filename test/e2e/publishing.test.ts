import { randomUUID } from "node:crypto";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeAll, expect, it } from "vitest";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { eventAbout, failedKey } from "./messages.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock, rowsOf, waitedMinute } from "./tables.ts";
import { until } from "./until.ts";

const { target, api, own } = await openTarget();
beforeAll(async () => {
  await api.stockUp(own("tea"), 100);
});

const rowOf = async (orderId: string) =>
  (await rowsOf<Order>(target, "orders")).find((row) => row.orderId === orderId);

it("A16: a row that is not an order is parked, and later orders are published", async () => {
  const TableName = target.tableName("orders");
  const name = `no-order-${randomUUID()}`;
  const garbage = { orderId: { S: name }, status: { S: "PENDING" } };
  await target.dynamoDb.send(new PutItemCommand({ TableName, Item: garbage }));

  const order = await api.decidedOrder(own("tea"), 1);
  const row = await until("the row is parked", async () =>
    (await rowsOf<Partial<FailedMessage>>(target, "failedMessages")).find(({ body }) => body?.includes(name)),
  );

  expect(order.status).toBe("CONFIRMED");
  expect(row).toMatchObject({
    consumer: "publish-events",
    reason: "INVALID_EVENT",
    failures: 1,
    status: "OPEN",
  });
  await target.dynamoDb.send(new DeleteItemCommand({ TableName, Key: { orderId: { S: name } } }));
});

it("A11, A16: a batch that crashed the publisher is imported; its events with a final order are resolved", async () => {
  const order = await api.decidedOrder(own("tea"), 1);
  const NewImage = marshall({ ...(await rowOf(order.orderId)), status: "PENDING", version: 1 });
  await target.leaveCrashedBatch({ Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] });

  await target.invoke("maintenance");
  await target.invoke("maintenance");

  const key = failedKey("publish-events", eventAbout(order, "order.created", 1));
  const finished = await api.failed(key, "RESOLVED");
  expect(finished).toMatchObject({ reason: "PUBLISH_FAILED", failures: 1, generation: 1 });
  expect(finished.history.at(-1)).toMatchObject({ act: "resolve", by: "effect check" });
});

it("A11: open events of a crashed batch are published", async () => {
  const orderId = `Z${randomUUID().replaceAll("-", "").slice(0, 25).toUpperCase()}`;
  const { status: _, ...order } = await api.decidedOrder(own("tea"), 1);
  const NewImage = marshall({ ...(await rowOf(order.orderId)), orderId, status: "PENDING", version: 1 });
  await target.leaveCrashedBatch({ Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] });

  const event = eventAbout({ ...order, orderId, status: "PENDING" }, "order.created", 1);
  const key = failedKey("publish-events", event);
  await target.invoke("maintenance");
  await waitedMinute(target, key);
  await target.invoke("maintenance");

  // The order is in no table, and its consumer reports the event with that reason.
  const parked = await api.failed(failedKey("order-created", event), "OPEN");
  expect(parked).toMatchObject({ reason: "UNKNOWN_ORDER", failures: 1 });
  const published = await api.failed(key, "RESOLVED");
  expect(published.history.map(({ act, by }) => `${act} by ${by}`)).toEqual([
    "park by publish-events",
    "redrive by maintenance",
    "resolve by maintenance",
  ]);
});

it("I1: afterwards the stock matches the orders", () => expectExactStock(target));
