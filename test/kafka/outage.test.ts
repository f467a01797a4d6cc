import { afterAll, beforeAll, expect, test } from "vitest";
import type { FailedMessageView } from "../../functions/contract/operator-answers.ts";
import { line } from "../e2e/client.ts";
import { expectExactStock } from "../e2e/tables.ts";
import { until, untilTrue } from "../e2e/until.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { type KafkaTestEmulator, OPENS_MS, openKafkaEmulator } from "./kafka-emulator.ts";

const ORDERS = 6;
/** The back-off grows up to ten seconds. */
const TIMEOUT_MS = 60_000;
/** The retries of the emulator, with the error stored earlier, by which the test detects the outage. */
const settings = { kafkaMayBeLastAfterSeconds: "10" };

let broker: TestBroker;
let emulator: KafkaTestEmulator;
beforeAll(async () => {
  broker = await startTestBroker();
  emulator = await openKafkaEmulator(broker, "kafka", { settings });
  await emulator.api.stockUp("tea", 100);
}, OPENS_MS);
afterAll(async () => {
  await emulator.close();
  await broker.close();
});

const rows = async (status: FailedMessageView["status"]) => {
  const { body } = await emulator.api.call("GET /failed-messages", { query: { status } });
  return body.items;
};

test("[D5] orders placed during an outage of stock are confirmed after it, without an operator", async () => {
  await emulator.target.emulator.break("table:stock");
  const placed = await Promise.all(
    Array.from({ length: ORDERS }, () => emulator.api.place({ lines: [line("tea")] })),
  );
  // The first records of each partition are retried; later ones wait.
  const errorsAreLeft = async () => {
    const retrying = await rows("RETRYING");
    return retrying.length > 0 ? retrying : undefined;
  };
  const left = await until("an attempt that may be the last", errorsAreLeft, TIMEOUT_MS);
  await emulator.target.emulator.mend();

  await untilTrue(
    "all are confirmed",
    async () => {
      const orders = await Promise.all(placed.map(({ body }) => emulator.api.order(body.orderId)));
      return orders.every(({ status }) => status === "CONFIRMED");
    },
    TIMEOUT_MS,
  );

  for (const { errorMessage } of left) expect(errorMessage).toMatch(/table .*stock is broken on purpose/);
  expect(await rows("OPEN")).toEqual([]);
  await expectExactStock(emulator.target);
});
