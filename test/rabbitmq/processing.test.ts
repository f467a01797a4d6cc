import { afterEach, expect, test } from "vitest";
import { line } from "../e2e/client.ts";
import { expectExactStock, rowsOf } from "../e2e/tables.ts";
import { untilTrue } from "../e2e/until.ts";
import { OPENS_MS, openRabbitEmulator, type RabbitTestEmulator } from "./rabbitmq-emulator.ts";

const CONSUMER = "order-events-rabbitmq";
let emulator: RabbitTestEmulator | undefined;
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
}, OPENS_MS);

test(
  "R11: an event that the queues and RabbitMQ both deliver has one effect",
  async () => {
    const opened = await openRabbitEmulator(["queues", "rabbitmq"]);
    emulator = opened;
    await opened.api.stockUp("tea", 1_000);

    const placed = await Promise.all(
      Array.from({ length: 15 }, () => opened.api.place({ lines: [line("tea")] })),
    );
    for (const { body } of placed) await opened.api.become(body.orderId, "CONFIRMED");
    const handled = async (outcome: string) =>
      (await opened.count(outcome, "order-created", "order.created")) +
      (await opened.count(outcome, CONSUMER, "order.created"));
    await untilTrue(
      "both have read all",
      async () => (await handled("consumed")) + (await handled("duplicate")) >= 30,
    );

    expect(await handled("consumed")).toBe(15);
    expect((await opened.api.stock("tea")).held).toBe(15);
    await expectExactStock(opened.target);
  },
  OPENS_MS,
);

test(
  "R7: a message that expires is retried three times from the dead-letter queue, then parked",
  async () => {
    const opened = await openRabbitEmulator(["rabbitmq"], {
      settings: { rabbitmqMessageTtlSeconds: "1" },
    });
    emulator = opened;
    await opened.api.pause(CONSUMER);
    await opened.api.stockUp("tea", 10);

    const { body: order } = await opened.api.place({ lines: [line("tea")] });
    const row = await opened.api.failed(`${CONSUMER}~${order.orderId}:1:order.created`, "OPEN", 90_000);

    expect(row.reason).toBe("EXPIRED");
    expect((await opened.api.order(order.orderId)).status).toBe("PENDING");
    expect(await opened.count("consumed", "rabbitmq-dead-letters" as never, "order.created")).toBe(3);
  },
  OPENS_MS,
);

test(
  "R7, R11: while the queues alone process, expired copies of decided orders go, and no row is written for them",
  async () => {
    const opened = await openRabbitEmulator(["queues"], {
      settings: { rabbitmqMessageTtlSeconds: "1", rabbitmqRetryDelaysSeconds: "1,2,3" },
    });
    emulator = opened;
    await opened.api.stockUp("tea", 10);

    const placed = await Promise.all(
      Array.from({ length: 5 }, () => opened.api.place({ lines: [line("tea")] })),
    );
    for (const { body } of placed) await opened.api.become(body.orderId, "CONFIRMED");
    const dead = async (outcome: string) =>
      opened.count(outcome, "rabbitmq-dead-letters" as never, "order.created");
    await untilTrue("all have expired", async () => (await dead("duplicate")) >= 5, 60_000);
    await untilTrue("nothing is left", async () =>
      (await opened.management.queues()).every(({ messages }) => messages === 0),
    );

    expect(await rowsOf(opened.target, "failedMessages")).toEqual([]);
    expect(await dead("consumed")).toBe(0);
  },
  OPENS_MS,
);

test(
  "admission: where RabbitMQ alone processes, new orders are refused at the limit of its depth, and accepted below it",
  async () => {
    const opened = await openRabbitEmulator(["rabbitmq"], {
      settings: { backlogLimit: "3", rabbitmqMessageTtlSeconds: "600" },
    });
    emulator = opened;
    await opened.api.pause(CONSUMER);
    const place = async () => (await opened.api.place({ lines: [line("tea")] })).status;

    // The depth is a metric of each minute, read every 30 seconds.
    await untilTrue("an order is refused", async () => (await place()) === 503, 120_000);
    const depth = (await opened.management.queues()).reduce((sum, { messages = 0 }) => sum + messages, 0);
    await opened.loseQueue("order.queue");
    await untilTrue("an order is accepted", async () => (await place()) === 202, 120_000);

    expect(depth).toBeGreaterThanOrEqual(3);
  },
  OPENS_MS,
);
