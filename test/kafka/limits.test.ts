import { afterAll, beforeAll, expect, test } from "vitest";
import { kafkaConnection } from "../../functions/adapters/kafka-connection.ts";
import { type KafkaTopic, kafkaTopic } from "../../functions/adapters/kafka-publisher.ts";
import { LIMITS } from "../../functions/contract/limits.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { readSettings } from "../../lib/config.ts";
import { wantedTopics } from "../../lib/settings/wanted-topics.ts";
import { created, order } from "../fixtures/events.ts";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { done, mappingsOf, thrown } from "./mapping-rig.ts";

const [EVENTS, DEAD] = wantedTopics(readSettings({}));
const MARKS = { dlqRetryCount: "3", redriveId: "r".repeat(64), failedKey: "k".repeat(256) };
let broker: TestBroker;
let publisher: KafkaTopic;
const run = mappingsOf(() => broker);

beforeAll(async () => {
  broker = await startTestBroker();
  publisher = kafkaTopic(kafkaConnection(broker.kafka.brokers, "plaintext"), "events", systemClock);
  await broker.topic("events", 3, EVENTS?.configs);
}, 180_000);
afterAll(async () => {
  await publisher.close();
  await broker.close();
});

/** An event with this number of bytes of JSON. */
function eventOf(bytes: number, id = "1"): OrderEvent {
  const event = created(order(id));
  const rest = Buffer.byteLength(JSON.stringify({ ...event, source: "" }));
  return { ...event, source: "x".repeat(bytes - rest) };
}

test("the topic accepts the largest event of a queue with redrive attributes, and none much larger", async () => {
  const [largest, larger] = [eventOf(LIMITS.messageBytes), eventOf(LIMITS.messageBytes + 20_000, "2")];

  const answers = await publisher.publish([
    { event: largest, attributes: MARKS },
    { event: larger, attributes: MARKS },
  ]);

  expect(answers).toMatchObject([
    { kind: "published" },
    { kind: "refused", permanent: true, error: { code: "MESSAGE_TOO_LARGE" } },
  ]);
});

test("an existing topic of an emulator with state gets the current limits", async () => {
  const before = { "max.message.bytes": "1000", "segment.bytes": "1048576" };
  await broker.topic("kept", 1, before);
  const value = "v".repeat(LIMITS.messageBytes);
  const send = () => broker.send({ topic: "kept", partition: 0, value });
  await expect(send()).rejects.toThrow();

  await broker.topic("kept", 1, EVENTS?.configs);

  await send();
  expect(await broker.records("kept")).toMatchObject([{ value }]);
});

const ROOM = Number(EVENTS?.configs["max.message.bytes"]) - 256;
test.each([
  ["value", { value: "v".repeat(ROOM) }],
  ["key", { key: "k".repeat(ROOM) }],
  ["header's value", { value: "v", headers: { wide: "\u00ff".repeat(ROOM / 2) } }],
  ["header's name", { value: "v", headers: { ["\u0001".repeat(ROOM)]: "x" } }],
])(
  "F10: a record with the largest %s goes to the dead-letter topic whole, and from there to the function",
  async (what, record) => {
    const topic = what.replaceAll(/[ ']/g, "-");
    await broker.topic(topic, 1, EVENTS?.configs);
    await broker.topic(`${topic}-dlt`, 1, DEAD?.configs);
    await broker.send({ topic, partition: 0, ...record });

    run(topic, { maximumRetryAttempts: 0, bisect: true, destinationTopic: `${topic}-dlt` }, () => thrown);
    const reader = run(`${topic}-dlt`, {}, () => done);
    await reader.until("the document", () => reader.invocations.length > 0);

    const { payload } = JSON.parse(reader.invocations[0]?.values[0] ?? "");
    const [whole] = payload.records[`${topic}-0`];
    const text = (base64?: string) => Buffer.from(base64 ?? "", "base64").toString();
    expect({
      value: text(whole.value),
      key: text(whole.key),
      headers: Object.fromEntries(
        whole.headers.flatMap((header: Record<string, number[]>) =>
          Object.entries(header).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
        ),
      ),
    }).toEqual({ value: "", key: "", headers: {}, ...record });
  },
);
