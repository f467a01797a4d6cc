import { createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { kafkaConnection } from "../../functions/adapters/kafka-connection.ts";
import { type KafkaTopic, kafkaTopic } from "../../functions/adapters/kafka-publisher.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { describePublisher } from "../contract/publisher-suite.ts";
import { cancelled, created, order, outgoing } from "../fixtures/events.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";

let broker: TestBroker;
let made = 0;
const open: KafkaTopic[] = [];

beforeAll(async () => {
  broker = await startTestBroker();
}, 180_000);
afterEach(async () => {
  for (const topic of open.splice(0)) await topic.close();
});
afterAll(async () => {
  await broker?.close();
});

/** A publisher to its own topic. */
async function newTopic(brokers = broker.kafka.brokers, partitions = 3) {
  made += 1;
  const name = `publisher-${made}`;
  await broker.topic(name, partitions);
  return { name, publisher: publisherTo(name, brokers) };
}

function publisherTo(name: string, brokers = broker.kafka.brokers): KafkaTopic {
  const publisher = kafkaTopic(kafkaConnection(brokers, "plaintext"), name, systemClock);
  open.push(publisher);
  return publisher;
}

describePublisher("to Kafka", async () => {
  const { name, publisher } = await newTopic();
  return { publisher, published: async () => (await broker.records(name)).map(({ value = "" }) => value) };
});

describe("the publisher to Kafka", () => {
  const event = created(order("1"));

  test("F6: keeps the events of an order in sequence, in one partition, under its id", async () => {
    const { name, publisher } = await newTopic();
    const orders = Array.from({ length: 20 }, (_, i) => order(`${i}`));
    const events = [...orders.map((row) => created(row)), ...orders.map((row) => cancelled(row))];

    await publisher.publish(outgoing(events));

    const records = await broker.records(name);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
    for (const { orderId } of orders) {
      const own = records.filter(({ key }) => key === orderId).sort((a, b) => a.offset - b.offset);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.map(({ headers }) => headers["type"])).toEqual(["order.created", "order.cancelled"]);
    }
  });

  test("chooses the partition of the Java client for a key", async () => {
    // Keys and hashes of Kafka's own tests of murmur2.
    const hashes: Readonly<Record<string, number>> = {
      "21": -973932308,
      foobar: -790332482,
      "a-little-bit-long-string": -985981536,
      "a-little-bit-longer-string": -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    };
    const { name, publisher } = await newTopic(undefined, 7);

    await publisher.publish(Object.keys(hashes).map((subject) => ({ event: { ...event, subject } })));

    const places = (await broker.records(name)).map(({ key = "", partition }) => [key, partition]);
    const javas = Object.entries(hashes).map(([key, hash]) => [key, (hash & 0x7fffffff) % 7]);
    expect(Object.fromEntries(places)).toEqual(Object.fromEntries(javas));
  });

  test("E9: a redriven message has its redrive attributes, type and trace as headers", async () => {
    const { name, publisher } = await newTopic();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const marks = { dlqRetryCount: "0", redriveId: "r", failedKey: `order-events-kafka~${event.id}` };

    await publisher.publish([{ event: { ...event, traceparent }, attributes: { ...marks, type: "forged" } }]);

    expect(await broker.records(name)).toMatchObject([
      {
        headers: {
          ...marks,
          type: "order.created",
          traceparent,
          "content-type": "application/cloudevents+json; charset=UTF-8",
        },
      },
    ]);
  });

  test("K2: headers that repeat or have no value are written as they were", async () => {
    const { name, publisher } = await newTopic();
    const attributes = {
      hop: { type: "String.headers", value: '["a","b",""]' },
      none: { type: "String.headers", value: "[null]" },
    };

    await publisher.publish([{ event, attributes }]);

    const [record] = await broker.records(name);
    expect(record?.allHeaders.slice(0, 4)).toEqual([
      ["hop", "a"],
      ["hop", "b"],
      ["hop", ""],
      ["none", undefined],
    ]);
  });

  test("F10: a record that is too large is refused permanently with its code, and its neighbours are published", async () => {
    const { name, publisher } = await newTopic();
    const large: OrderEvent = { ...event, source: "x".repeat(1_200_000) };
    const mid: OrderEvent = { ...created(order("2")), source: "y".repeat(400_000) };

    const answers = await publisher.publish(outgoing([event, large, mid, created(order("3"))]));

    expect(answers).toMatchObject([
      { kind: "published" },
      { kind: "refused", permanent: true, error: { code: "MESSAGE_TOO_LARGE" } },
      { kind: "published" },
      { kind: "published" },
    ]);
    expect(await broker.records(name)).toHaveLength(3);
  });

  test("a missing topic is reported as missing, and can exist later", async () => {
    const name = "not-there-yet";
    const publisher = publisherTo(name);

    expect(await publisher.publish([{ event }])).toMatchObject([
      { kind: "refused", permanent: false, error: { code: "UNKNOWN_TOPIC_OR_PARTITION" } },
    ]);

    await broker.topic(name, 1);
    expect(await publisher.publish([{ event }])).toEqual([{ kind: "published" }]);
  });

  test("a deadline that has passed publishes nothing", async () => {
    const { name, publisher } = await newTopic();

    const answers = await publisher.publish([{ event }], Date.now());

    expect(answers).toMatchObject([{ kind: "refused", permanent: false }]);
    expect(await broker.records(name)).toEqual([]);
  });
});

describe("over broken connections", () => {
  const event = created(order("1"));

  test("F7: an outage refuses each event in time with the address; afterwards events are published", async () => {
    const { name, publisher } = await newTopic();
    await publisher.publish([{ event }]);
    await broker.kafka.kill();
    const started = Date.now();

    const answers = await publisher.publish([{ event }, { event }], started + 3_000);

    expect(Date.now() - started).toBeLessThan(3_500);
    expect(answers).toHaveLength(2);
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: "refused", permanent: false, error: { code: "UNREACHABLE" } });
      expect(String((answer as { error: Error }).error.message)).toContain(broker.kafka.brokers);
    }
    await broker.kafka.restart();
    expect(await publisher.publish([{ event: created(order("2")) }])).toEqual([{ kind: "published" }]);
    const ids = new Set((await broker.records(name)).map(({ key }) => key));
    expect(ids).toEqual(new Set([event.subject, created(order("2")).subject]));
  });

  test("a restarted broker, as after a freeze, is connected in the same call", async () => {
    const { publisher } = await newTopic();
    await publisher.publish([{ event }]);
    await broker.kafka.restart();

    expect(await publisher.publish([{ event: created(order("2")) }])).toEqual([{ kind: "published" }]);
  });
});

test("a broker that accepts connections without a response is abandoned in time", async () => {
  // A listener that reads everything and never responds.
  const silent = await listening((socket) => socket.on("error", () => {}).resume());
  const publisher = publisherTo("nothing", `127.0.0.1:${silent.port}`);
  const started = Date.now();

  const answers = await publisher.publish([{ event: created(order("1")) }], started + 2_000);

  expect(answers).toMatchObject([{ kind: "refused", permanent: false, error: { code: "UNREACHABLE" } }]);
  expect(Date.now() - started).toBeLessThan(2_500);
  await silent.close();
});

async function listening(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
