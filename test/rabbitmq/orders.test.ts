import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../e2e/child-process.ts";
import { line } from "../e2e/client.ts";
import { expectExactStock } from "../e2e/tables.ts";
import { until, untilTrue } from "../e2e/until.ts";
import { NOT_OURS, skipIf } from "./broker.ts";
import { OPENS_MS, openRabbitEmulator, type RabbitTestEmulator } from "./rabbitmq-emulator.ts";

const CONSUMER = "order-events-rabbitmq";
const PATIENCE_MS = 90_000;

let emulator: RabbitTestEmulator;
beforeAll(async () => {
  emulator = await openRabbitEmulator(["rabbitmq"]);
  await emulator.api.stockUp("tea", 1_000);
}, OPENS_MS);
afterAll(async () => {
  await expectExactStock(emulator.target);
  await emulator.close();
});

const open = async () => {
  const { body } = await emulator.api.call("GET /failed-messages", { query: { status: "OPEN" } });
  return body.items;
};
const keyOf = (orderId: string) => `${CONSUMER}~${orderId}:1:order.created`;

async function redrive(failedKey: string): Promise<number> {
  const { status } = await emulator.api.call("POST /failed-messages/{failedKey}/redrive", {
    failedKey,
    body: { why: "it works again" },
  });
  return status;
}

describe("orders over RabbitMQ", () => {
  test("are confirmed and cancelled by its queues, while the consumers' own queues get nothing", async () => {
    const before = await emulator.api.stock("tea");

    const order = await emulator.api.decidedOrder("tea", 2);
    const held = await emulator.api.stock("tea");
    await emulator.api.cancel(order.orderId);
    await untilTrue("the stock is back", async () => (await emulator.api.stock("tea")).held === before.held);

    expect(order.status).toBe("CONFIRMED");
    expect(held.held).toBe(before.held + 2);
    for (const name of ["consumed", "duplicate"])
      expect(await emulator.count(name, "order-created", "order.created")).toBe(0);
  });

  test("R1: one poison among ten is parked at its first attempt, and the others are handled once", async () => {
    const poison = `{"poison": ${Date.now()}`;
    const before = await emulator.count("duplicate", CONSUMER, "order.created");

    const [placed] = await Promise.all([
      Promise.all(Array.from({ length: 9 }, () => emulator.api.place({ lines: [line("tea")] }))),
      emulator.publish("order.queue", poison),
    ]);
    const key = `${CONSUMER}~${createHash("sha256").update(poison).digest("hex")}`;
    const row = await emulator.api.failed(key, "OPEN");
    for (const { body } of placed) await emulator.api.become(body.orderId, "CONFIRMED");

    expect(row).toMatchObject({ reason: "MALFORMED_JSON", failures: 1 });
    expect(await emulator.count("duplicate", CONSUMER, "order.created")).toBe(before);
  });

  test("R2: one that fails twice is confirmed by its third attempt, and no row is left", async () => {
    const failed = await emulator.count("failed", CONSUMER, "order.created");
    await emulator.target.emulator.break("table:stock");
    const { body: order } = await emulator.api.place({ lines: [line("tea")] });
    await untilTrue(
      "it has failed twice",
      async () => (await emulator.count("failed", CONSUMER, "order.created")) >= failed + 2,
    );
    await emulator.target.emulator.mend();

    expect((await emulator.api.become(order.orderId)).status).toBe("CONFIRMED");
    expect((await open()).filter(({ orderId }) => orderId === order.orderId)).toEqual([]);
  });

  test("R2: one that fails three times is parked with its error, and its redrive comes by RabbitMQ again", async () => {
    await emulator.target.emulator.break("table:stock");
    const { body: order } = await emulator.api.place({ lines: [line("tea", 3)] });
    const parked = await emulator.api.failed(keyOf(order.orderId), "OPEN", PATIENCE_MS);
    await emulator.target.emulator.mend();

    const status = await redrive(keyOf(order.orderId));
    await emulator.api.failed(keyOf(order.orderId), "RESOLVED", PATIENCE_MS);

    expect(parked).toMatchObject({ reason: "RETRIES_EXHAUSTED", failures: 1 });
    expect(parked.errorMessage).toMatch(/table .*stock is broken on purpose/);
    expect(status).toBe(200);
    expect((await emulator.api.order(order.orderId)).status).toBe("CONFIRMED");
  });

  test("R10: a message with forged headers is a duplicate like any other, and no row appears", async () => {
    const order = await emulator.api.decidedOrder("tea", 1);
    const before = await emulator.count("duplicate", CONSUMER, "order.created");
    const event = createdEventOf(order);

    await emulator.publish("order.queue", JSON.stringify(event), {
      attempt: "900",
      suspected: "77",
      "x-death": [{ count: 7, queue: "order.queue", reason: "rejected" }],
    });
    await untilTrue(
      "it is a duplicate",
      async () => (await emulator.count("duplicate", CONSUMER, "order.created")) === before + 1,
    );

    expect((await open()).filter(({ orderId }) => orderId === order.orderId)).toEqual([]);
  });

  test("R9: of orders that are placed while the broker is killed and restarted, each has one effect", async (context) => {
    skipIf(!emulator.server.isOurs, NOT_OURS, context);
    const before = await emulator.api.stock("tea");
    const place = () => emulator.api.place({ lines: [line("tea")] });
    const first = Array.from({ length: 10 }, place);
    await Promise.all(first);
    await emulator.server.kill();
    const during = Array.from({ length: 10 }, place);
    await Promise.all(during);
    await emulator.server.restart();
    const after = Array.from({ length: 10 }, place);

    const placed = await Promise.all([...first, ...during, ...after]);
    const orders = await until(
      "all are confirmed",
      async () => {
        const all = await Promise.all(placed.map(({ body }) => emulator.api.order(body.orderId)));
        return all.every(({ status }) => status === "CONFIRMED") ? all : undefined;
      },
      180_000,
    );

    expect(orders).toHaveLength(30);
    expect((await emulator.api.stock("tea")).held).toBe(before.held + 30);
  }, 300_000);
});

describe("a broken vhost", () => {
  test.for([
    { id: "R6", fault: "rabbitmq-full", error: /QUEUE_FULL: A queue behind order\.exchange/ },
    { id: "R8", fault: "rabbitmq-unbound", error: /UNROUTABLE: No queue is bound to order\.exchange/ },
  ])(
    "$id: events wait in SQS while $fault, the error names it, and afterwards they flow",
    async ({ fault, error }, context) => {
      skipIf(!emulator.server.isOurs, NOT_OURS, context);
      await emulator.target.emulator.break(fault);
      const placed: Awaited<ReturnType<typeof emulator.api.place>>[] = [];
      // A quorum queue accepts what is on its way before it reports that it is full.
      await untilTrue("an event is refused", async () => {
        placed.push(await emulator.api.place({ lines: [line("tea")] }));
        return (await emulator.target.logs()).some((text) => error.test(text));
      });
      const during = await Promise.all(placed.map(({ body }) => emulator.api.order(body.orderId)));
      await emulator.target.emulator.mend();

      for (const { body } of placed) await emulator.api.become(body.orderId, "CONFIRMED");
      expect(during.some(({ status }) => status === "PENDING")).toBe(true);
      const orderIds = placed.map(({ body }) => body.orderId);
      expect((await open()).filter(({ orderId = "" }) => orderIds.includes(orderId))).toEqual([]);
    },
  );
});

describe("an operator", () => {
  const cli = async (...args: readonly string[]) => {
    const ended = await run("bin/order-events.mjs", ...args, "--json", "--url", emulator.target.url).ended;
    expect(ended.code, ended.stderr).toBe(0);
    return JSON.parse(ended.stdout) as Record<string, unknown>;
  };
  const decided = ["--yes", "--why", "the cause is repaired"];

  test("K2: redrives a message to RabbitMQ, and its history and the log name the headers that stay behind", async () => {
    const { emulator: faults } = emulator.target;
    await Promise.all([faults.break("function:publish-to-rabbitmq"), faults.break("table:stock")]);
    const { body: order } = await emulator.api.place({ lines: [line("tea")] });
    const failedKey = keyOf(order.orderId);
    const headers = { attempt: "3", shop: "tea shop", route: { hop: "a" } };
    await emulator.publish("order.queue", JSON.stringify(createdEventOf(order)), headers);
    await emulator.api.failed(failedKey, "OPEN");
    await faults.mend();

    const dry = await cli("failed", "redrive", failedKey);
    const sent = await cli("failed", "redrive", failedKey, ...decided);
    await emulator.api.failed(failedKey, "RESOLVED", PATIENCE_MS);

    const why = 'sent without the attributes "route": the queue does not take them';
    expect(dry).toMatchObject({ outcome: "would send" });
    expect(sent).toMatchObject({ outcome: "sent" });
    const shown = await cli("failed", "show", failedKey);
    expect(JSON.stringify(shown)).toContain(JSON.stringify(`the cause is repaired; ${why}`).slice(1, -1));
    const audited = (await emulator.target.logs()).filter((text) => text.includes('"act":"redrive"'));
    expect(audited.some((text) => text.includes(failedKey) && text.includes('\\"route\\"'))).toBe(true);
    expect((await emulator.api.order(order.orderId)).status).toBe("CONFIRMED");
  });

  test("R8: republishes the order of an event that was lost with its queue", {
    // An order has to be a minute old, and other brokers may start meanwhile.
    timeout: 300_000,
    retry: 2,
  }, async () => {
    await emulator.target.emulator.break(`function:${CONSUMER}`);
    const { body: order } = await emulator.api.place({ lines: [line("tea")] });
    await untilTrue("it is in its queue", async () => (await depthOf("order.queue")) > 0);
    await emulator.loseQueue("order.queue");
    await emulator.target.emulator.mend();
    await untilTrue(
      "the order is old enough",
      async () => Date.now() - Date.parse(order.createdAt) > 61_000,
      PATIENCE_MS,
    );
    const lost = await emulator.api.order(order.orderId);

    await cli("orders", "republish", "--status", "PENDING", "--older", "1m", ...decided);
    await emulator.minute();

    expect(lost.status).toBe("PENDING");
    expect((await emulator.api.become(order.orderId)).status).toBe("CONFIRMED");
  });
});

async function depthOf(queue: string): Promise<number> {
  const listed = await emulator.management.queues();
  return listed.find(({ name }) => name === queue)?.messages ?? 0;
}

/** The event that the order's row was published as. */
function createdEventOf(order: Awaited<ReturnType<RabbitTestEmulator["api"]["decidedOrder"]>>) {
  return {
    specversion: "1.0",
    id: `${order.orderId}:1:order.created`,
    type: "order.created",
    source: "order-events",
    subject: order.orderId,
    time: order.createdAt,
    dataschema: "urn:order-events:order:1",
    data: { customerId: order.customerId, orderVersion: 1, lines: order.lines, amount: order.amount },
  };
}
