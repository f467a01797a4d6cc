import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest, expectAllFinal, expectAllOrders, expectMailsOnce, expectStockOf } from "../e2e/at-rest.ts";
import { type Load, placeUnderLoad } from "../e2e/load.ts";
import { untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type KafkaTestEmulator, OPENS_MS, openKafkaEmulator, type Processing } from "./kafka-emulator.ts";

const ORDERS = 150;
const STOCK = { tea: 1_000, rare: 15, none: 0 } as const;
/** `queues,kafka` is between the other two, so that no event is left to a disabled backbone. */
const WAY: readonly Processing[] = ["queues", "queues,kafka", "kafka", "queues,kafka", "queues"];
/** Longer than the visibility time-out, for the messages in flight when an emulator was closed. */
const AT_REST_MS = 90_000;
const PUBLISHED = { topic: "order-events", group: "order-processing-group", partitions: 3 };

let dataDir: string;
let broker: TestBroker;
let emulator: KafkaTestEmulator;
let load: Load;
/** Creations that each consumer confirmed or rejected in each step. */
const taken: { readonly processing: Processing; readonly byQueue: number; readonly byKafka: number }[] = [];

const accepted = async (count: number) => {
  if (load.accepted.size < count) await load.reached(count);
};
const processedBy = async (consumer: "order-created" | "order-events-kafka") =>
  (await emulator.outcomes(consumer, "order.created")).consumed;
const someAreProcessed = async (processing: Processing) =>
  (await processedBy(processing === "kafka" ? "order-events-kafka" : "order-created")) > 0;
const topicIsRead = () =>
  untilTrue(
    "the topic is read",
    () => broker.isAcknowledged(PUBLISHED.group, PUBLISHED.topic, PUBLISHED.partitions),
    AT_REST_MS,
  );

beforeAll(
  async () => {
    dataDir = temporaryFolder();
    broker = await startTestBroker();
    for (const [step, processing] of WAY.entries()) {
      emulator = await openKafkaEmulator(broker, processing, { dataDir });
      if (step === 0) {
        for (const [sku, onHand] of Object.entries(STOCK)) await emulator.api.stockUp(sku, onHand);
        load = placeUnderLoad(() => emulator.api, ORDERS, Object.keys(STOCK));
      }
      await accepted(Math.floor((ORDERS * (step + 1)) / WAY.length));
      // An accepted order can be unprocessed, and the emulator counts from its start.
      if (step === 0 || processing === "kafka") {
        await untilTrue(`${processing} took an order`, () => someAreProcessed(processing), AT_REST_MS);
      }
      const [byQueue, byKafka] = [
        await processedBy("order-created"),
        await processedBy("order-events-kafka"),
      ];
      taken.push({ processing, byQueue, byKafka });
      if (step === WAY.length - 1) break;
      // The operator disables the Kafka mapping only once its lag is zero.
      if (processing === "queues,kafka" && WAY[step + 1] === "queues") await topicIsRead();
      await emulator.close();
    }
    await load.done;
    await atRest(emulator.target, AT_REST_MS);
  },
  3 * OPENS_MS + 2 * AT_REST_MS,
);
afterAll(async () => {
  await emulator.close();
  await broker.close();
});

test("I6: switched from queues to both to Kafka and back under load, every accepted order exists once", () =>
  expectAllOrders(emulator.target, load));

test("I8: all have a final status, CANCELLED for cancelled ones", () =>
  expectAllFinal(emulator.target, load));

test("F9, I1, I3: stock is exact", () => expectStockOf(emulator.target, STOCK));

test("I9: each mail is sent once, or listed with an unknown outcome", () => expectMailsOnce(emulator.target));

test("each backbone processes orders while enabled, and Kafka none while disabled", async () => {
  const inStep = (processing: Processing) => taken.filter((one) => one.processing === processing);

  const order = await emulator.api.decidedOrder("tea", 1);

  expect(order.status).toBe("CONFIRMED");
  expect(inStep("queues")[0]?.byQueue).toBeGreaterThan(0);
  expect(inStep("queues").map(({ byKafka }) => byKafka)).toEqual([0, 0]);
  expect(inStep("kafka")[0]?.byKafka).toBeGreaterThan(0);
  expect(await processedBy("order-events-kafka")).toBe(0);
});
