import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KAFKA } from "../../functions/contract/broker-names.ts";
import { line } from "../e2e/client.ts";
import { expectExactStock } from "../e2e/tables.ts";
import { untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { type KafkaTestEmulator, OPENS_MS, openKafkaEmulator } from "./kafka-emulator.ts";

const { topic } = KAFKA;
const CONSUMER = "order-events-kafka";

let broker: TestBroker;
let emulator: KafkaTestEmulator;
beforeAll(async () => {
  broker = await startTestBroker();
  emulator = await openKafkaEmulator(broker, "kafka");
  await emulator.api.stockUp("tea", 1_000);
}, OPENS_MS);
afterAll(async () => {
  await expectExactStock(emulator.target);
  await emulator.close();
  await broker.close();
});

const recordsOf = async (orderId: string) =>
  (await broker.records(topic)).filter(({ key }) => key === orderId);

test("an order is confirmed and cancelled through the topic", async () => {
  const before = await emulator.api.stock("tea");

  const order = await emulator.api.decidedOrder("tea", 2);
  const held = await emulator.api.stock("tea");
  await emulator.api.cancel(order.orderId);
  await untilTrue("the stock is back", async () => (await emulator.api.stock("tea")).held === before.held);

  expect(order.status).toBe("CONFIRMED");
  expect(held.held).toBe(before.held + 2);
  expect(await emulator.outcomes("order-created", "order.created")).toMatchObject({
    consumed: 0,
    duplicate: 0,
  });
});

test("F6: the records of one order are in one partition, in the order of its versions, with key and type", async () => {
  const order = await emulator.api.decidedOrder("tea", 1);
  await emulator.api.cancel(order.orderId);
  await untilTrue("three records", async () => (await recordsOf(order.orderId)).length === 3);

  const records = await recordsOf(order.orderId);

  expect(new Set(records.map(({ partition }) => partition)).size).toBe(1);
  expect(records.map(({ headers }) => headers["type"])).toEqual([
    "order.created",
    "order.confirmed",
    "order.cancelled",
  ]);
  expect(records.map(({ value = "" }) => JSON.parse(value).id)).toEqual([
    `${order.orderId}:1:order.created`,
    `${order.orderId}:2:order.confirmed`,
    `${order.orderId}:3:order.cancelled`,
  ]);
});

test("F2: a malformed record is parked at once, and neither other keys nor its partition wait for it", async () => {
  const poison = `{"poison": ${Date.now()}`;
  await broker.send(
    ...[0, 1, 2].map((partition) => ({ topic, partition, key: "poison", value: `${poison}${partition}` })),
  );

  const order = await emulator.api.decidedOrder("tea", 1);
  const keys = [0, 1, 2].map(
    (partition) => `${CONSUMER}~${createHash("sha256").update(`${poison}${partition}`).digest("hex")}`,
  );
  const rows = await Promise.all(keys.map((key) => emulator.api.failed(key, "OPEN")));

  expect(order.status).toBe("CONFIRMED");
  expect(rows.map(({ reason }) => reason)).toEqual(Array(3).fill("MALFORMED_JSON"));
});

test("F4: tombstones are ignored and counted, and later records are read", async () => {
  const before = await emulator.outcomes(CONSUMER, "unknown");

  await broker.send({ topic, key: "gone" }, { topic });
  await untilTrue("both are counted", async () => {
    const { ignored } = await emulator.outcomes(CONSUMER, "unknown");
    return ignored === before.ignored + 2;
  });

  expect((await emulator.api.decidedOrder("tea", 1)).status).toBe("CONFIRMED");
});

test("F5: a record without a key is handled by its body, as any other", async () => {
  const { body: order } = await emulator.api.place({ lines: [line("tea")] });
  await emulator.api.become(order.orderId);
  const [created] = await recordsOf(order.orderId);

  const before = await emulator.outcomes(CONSUMER, "order.created");
  await broker.send({ topic, ...(created?.value === undefined ? {} : { value: created.value }) });
  await untilTrue("it is seen", async () => {
    const { duplicate } = await emulator.outcomes(CONSUMER, "order.created");
    return duplicate === before.duplicate + 1;
  });

  await expectExactStock(emulator.target);
});

test("F7: orders placed while the broker is down are accepted, and confirmed after its restart", async () => {
  await broker.kafka.kill();
  const placed = await emulator.api.place({ lines: [line("tea")] });
  await broker.kafka.restart();

  const { orderId } = placed.body;
  await untilTrue(
    "it is confirmed",
    async () => (await emulator.api.order(orderId)).status === "CONFIRMED",
    60_000,
  );

  expect(placed.status).toBe(202);
});

test("a record that uses up its retries is parked through the dead-letter topic, and its redrive goes through the topic", async () => {
  await emulator.target.emulator.break(`function:${CONSUMER}`);
  const { body: order } = await emulator.api.place({ lines: [line("tea", 3)] });
  const key = `${CONSUMER}~${order.orderId}:1:order.created`;
  const parked = await emulator.api.failed(key, "OPEN", 60_000);
  await emulator.target.emulator.mend();

  const answer = await emulator.api.call("POST /failed-messages/{failedKey}/redrive", {
    failedKey: key,
    body: { why: "the function works again" },
  });
  await emulator.api.failed(key, "RESOLVED", 60_000);

  expect(answer.status).toBe(200);
  expect(parked.reason).toBe("NO_REPORT");
  expect((await emulator.api.order(order.orderId)).status).toBe("CONFIRMED");
  const dead = (await broker.records(KAFKA.deadLetterTopic)).filter((one) => one.key === order.orderId);
  expect(dead.length).toBeGreaterThanOrEqual(1);
  const [first, again] = (await recordsOf(order.orderId)).filter(
    ({ headers }) => headers["type"] === "order.created",
  );
  expect(again).toMatchObject({ partition: first?.partition, key: order.orderId, value: first?.value });
  expect(again?.headers).toMatchObject({ failedKey: key, dlqRetryCount: "0" });
});
