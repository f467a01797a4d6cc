import { afterAll, beforeAll, expect, test } from "vitest";
import { KAFKA } from "../../functions/contract/broker-names.ts";
import type { RabbitServer } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import type { Backbone } from "../../lib/settings/backbone-settings.ts";
import { atRest, expectAllFinal, expectAllOrders, expectMailsOnce, expectStockOf } from "../e2e/at-rest.ts";
import { type Load, placeUnderLoad } from "../e2e/load.ts";
import { untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { newVhost, SETTINGS, startTestRabbit, type TestVhost } from "./broker.ts";
import { OPENS_MS, openRabbitEmulator, type RabbitTestEmulator } from "./rabbitmq-emulator.ts";

const ORDERS_OF_A_STEP = 20;
const STOCK = { tea: 1_000, rare: 15, none: 0 } as const;
/** Each move goes by way of both, so that no event is left to a disabled backbone. */
const WAY: readonly (readonly Backbone[])[] = [
  ["queues"],
  ["queues", "rabbitmq"],
  ["rabbitmq"],
  ["kafka", "rabbitmq"],
  ["kafka"],
  ["queues", "kafka"],
  ["queues"],
];
const ORDERS = ORDERS_OF_A_STEP * WAY.length;
const CONSUMER_OF = {
  queues: "order-created",
  kafka: "order-events-kafka",
  rabbitmq: "order-events-rabbitmq",
} as const;
/** Longer than the visibility time-out, for the messages in flight when an emulator was closed. */
const AT_REST_MS = 90_000;
const PARTITIONS = 3;
/** Of messages in RabbitMQ, which nothing reads after the last move. */
const TTL_SECONDS = 30;

let dataDir: string;
let kafka: TestBroker;
let server: RabbitServer;
let vhost: TestVhost;
let emulator: RabbitTestEmulator;
let load: Load;
/** Orders that customers may have placed by now. */
let allowed = 0;
/** Creations that each backbone decided in each step. */
const decided: { readonly processing: readonly Backbone[]; readonly by: Record<Backbone, number> }[] = [];

const decidedBy = (backbone: Backbone) => emulator.count("consumed", CONSUMER_OF[backbone], "order.created");

/** An operator disables a backbone only once it has handled what it has. */
const isHandled: Readonly<Record<Backbone, () => Promise<boolean>>> = {
  // The consumer's queue of SQS stays subscribed.
  queues: async () => true,
  kafka: () => kafka.isAcknowledged(KAFKA.consumerGroup, KAFKA.topic, PARTITIONS),
  rabbitmq: async () =>
    (await vhost.management.queues()).every(({ messages }) => messages === undefined || messages === 0),
};

/** One step: its orders, and proof that a backbone alone decides some; then the first orders of the next step. */
async function step(index: number) {
  const [processing = [], next] = [WAY[index], WAY[index + 1]];
  allowed = ORDERS_OF_A_STEP * (index + 1);
  await load.reached(allowed);
  const [only = "queues", other] = processing;
  if (other === undefined)
    await untilTrue(`${only} decided an order`, async () => (await decidedBy(only)) > 0, AT_REST_MS);
  for (const leaving of processing.filter((each) => next?.includes(each) === false))
    await untilTrue(`${leaving} has handled its messages`, isHandled[leaving], AT_REST_MS);
  const [queues, kafkaAlone, rabbitmq] = await Promise.all([
    decidedBy("queues"),
    decidedBy("kafka"),
    decidedBy("rabbitmq"),
  ]);
  decided.push({ processing, by: { queues, kafka: kafkaAlone, rabbitmq } });
  // They are on their way while the deployment changes.
  if (next !== undefined) allowed += ORDERS_OF_A_STEP / 2;
}

beforeAll(
  async () => {
    dataDir = temporaryFolder();
    [kafka, server] = await Promise.all([startTestBroker(), startTestRabbit()]);
    vhost = await newVhost(server, SETTINGS);
    for (const [index, processing] of WAY.entries()) {
      const settings = { rabbitmqMessageTtlSeconds: String(TTL_SECONDS) };
      emulator = await openRabbitEmulator(processing, { settings, dataDir, vhost, kafka });
      if (index === 0) {
        for (const [sku, onHand] of Object.entries(STOCK)) await emulator.api.stockUp(sku, onHand);
        load = placeUnderLoad(
          () => emulator.api,
          ORDERS,
          Object.keys(STOCK),
          () => allowed,
        );
      }
      await step(index);
      if (index < WAY.length - 1) await emulator.close();
    }
    await load.done;
    await atRest(emulator.target, AT_REST_MS);
    // Expired messages of decided orders are finished.
    await untilTrue("nothing is left in RabbitMQ", isHandled.rabbitmq, AT_REST_MS);
  },
  3 * OPENS_MS + 3 * AT_REST_MS,
);
afterAll(async () => {
  await emulator?.close();
  await vhost?.close();
  await Promise.all([server?.close(), kafka?.close()]);
});

test("I6: moved from queues to RabbitMQ to Kafka and back under load, every accepted order exists once", () =>
  expectAllOrders(emulator.target, load));

test("I8: all have a final status, CANCELLED for cancelled ones", () =>
  expectAllFinal(emulator.target, load));

test("R11, I1, I3: stock is exact", () => expectStockOf(emulator.target, STOCK));

test("I9: each mail is sent once, or listed with an unknown outcome", () => expectMailsOnce(emulator.target));

test("each backbone decides orders while it alone is enabled, and none while it is disabled", () => {
  for (const { processing, by } of decided) {
    const disabled = Object.entries(by).filter(([backbone]) => !processing.includes(backbone as Backbone));
    expect(disabled.map(([, count]) => count)).toEqual(disabled.map(() => 0));
  }
  const alone = decided.filter(({ processing }) => processing.length === 1);
  expect(alone.map(({ processing }) => processing[0])).toEqual(["queues", "rabbitmq", "kafka", "queues"]);
  for (const { processing, by } of alone.slice(0, -1))
    expect(by[processing[0] as Backbone]).toBeGreaterThan(0);
});
