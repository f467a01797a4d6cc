import { afterAll, beforeAll, expect, test } from "vitest";
import { line } from "../e2e/client.ts";
import { expectExactStock, rowsOf } from "../e2e/tables.ts";
import { untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { OPENS_MS, openRabbitEmulator, type RabbitTestEmulator } from "./rabbitmq-emulator.ts";

const ORDERS = 12;
const CONSUMERS = ["order-created", "order-events-kafka", "order-events-rabbitmq"] as const;

let kafka: TestBroker;
let emulator: RabbitTestEmulator;
beforeAll(async () => {
  kafka = await startTestBroker();
  emulator = await openRabbitEmulator(["queues", "kafka", "rabbitmq"], { kafka });
  await emulator.api.stockUp("tea", 1_000);
}, OPENS_MS);
afterAll(async () => {
  await emulator?.close();
  await kafka?.close();
});

test("R11: an event that queues, Kafka and RabbitMQ deliver has one effect", async () => {
  const counted = (outcome: string, consumer: (typeof CONSUMERS)[number]) =>
    emulator.count(outcome, consumer, "order.created");
  const sum = async (outcome: string) => {
    const counts = await Promise.all(CONSUMERS.map((consumer) => counted(outcome, consumer)));
    return counts.reduce((total, count) => total + count, 0);
  };

  const placed = await Promise.all(
    Array.from({ length: ORDERS }, () => emulator.api.place({ lines: [line("tea")] })),
  );
  for (const { body } of placed) await emulator.api.become(body.orderId, "CONFIRMED");
  for (const consumer of CONSUMERS)
    await untilTrue(
      `${consumer} has read every creation`,
      async () => (await counted("consumed", consumer)) + (await counted("duplicate", consumer)) >= ORDERS,
    );

  expect(await sum("consumed")).toBe(ORDERS);
  expect(await sum("duplicate")).toBeGreaterThanOrEqual(2 * ORDERS);
  expect((await emulator.api.stock("tea")).held).toBe(ORDERS);
  expect(await rowsOf(emulator.target, "failedMessages")).toEqual([]);
  await expectExactStock(emulator.target);
}, 180_000);
