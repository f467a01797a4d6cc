import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest, expectAllFinal, expectAllOrders, expectMailsOnce, expectStockOf } from "../e2e/at-rest.ts";
import { type Load, placeUnderLoad } from "../e2e/load.ts";
import { untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { type KafkaTestEmulator, OPENS_MS, type Outcomes, openKafkaEmulator } from "./kafka-emulator.ts";

const ORDERS = 120;
const STOCK = { hot: 150, rare: 10 } as const;
/** Longer than a round through a dead-letter queue: two consumers that contend for an order can use up its receives. */
const AT_REST_MS = 300_000;
const GROUP = "order-processing-group";

let broker: TestBroker;
let emulator: KafkaTestEmulator;
let load: Load;
beforeAll(
  async () => {
    broker = await startTestBroker();
    emulator = await openKafkaEmulator(broker, "queues,kafka");
    for (const [sku, onHand] of Object.entries(STOCK)) await emulator.api.stockUp(sku, onHand);
    load = placeUnderLoad(() => emulator.api, ORDERS, Object.keys(STOCK));
    await load.reached(ORDERS / 3);
    await broker.kafka.kill();
    await load.reached((2 * ORDERS) / 3);
    // Down for a while under load, during which events wait in the stream.
    await pause(1_000);
    await broker.kafka.restart();
    await load.done;
    await untilTrue(
      "the events that waited in the stream are published",
      async () => (await unpublished()).length === 0,
      AT_REST_MS,
    );
    await atRest(emulator.target, AT_REST_MS);
    await untilTrue("the topic is read", () => broker.isAcknowledged(GROUP, "order-events", 3), AT_REST_MS);
  },
  OPENS_MS + 4 * AT_REST_MS,
);
afterAll(async () => {
  await emulator.close();
  await broker.close();
});

/** Creations of accepted orders that are not in the topic. */
async function unpublished(): Promise<readonly string[]> {
  const published = new Set(
    (await broker.records("order-events")).map(({ value = "" }) => JSON.parse(value).id),
  );
  return [...load.accepted.values()]
    .map(({ orderId }) => `${orderId}:1:order.created`)
    .filter((id) => !published.has(id));
}

test("F7, I6: with the broker killed under load, every accepted order exists once", () =>
  expectAllOrders(emulator.target, load));

test("I8: all have a final status, CANCELLED for cancelled ones", () =>
  expectAllFinal(emulator.target, load));

test("F9, I1: the same events by queues and by Kafka have one effect, and stock is exact", () =>
  expectStockOf(emulator.target, STOCK));

test("I9: each mail was sent once", () => expectMailsOnce(emulator.target));

test("F1, I4: the creation of every order is in the topic", async () => {
  expect(await unpublished()).toEqual([]);
});

test("F9: both consumers received every creation", async () => {
  // A creation whose order is cancelled by then is ignored.
  const seen = ({ consumed, duplicate, ignored }: Outcomes) => consumed + duplicate + ignored;
  const byQueue = await emulator.outcomes("order-created", "order.created");
  const byKafka = await emulator.outcomes("order-events-kafka", "order.created");

  expect(seen(byQueue)).toBeGreaterThanOrEqual(ORDERS);
  expect(seen(byKafka)).toBeGreaterThanOrEqual(ORDERS);
});
