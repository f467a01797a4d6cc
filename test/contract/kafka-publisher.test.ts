import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../functions/contract/limits.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { Attributes } from "../../functions/middleware/attributes.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { created, NOW, order, outgoing } from "../fixtures/events.ts";

interface Sent {
  readonly messages: readonly { readonly key: string; readonly value: string; readonly headers: unknown }[];
}

/** The behaviour of the next clients, one entry for each. */
const answers: ((sent: Sent) => Promise<unknown>)[] = [];
const log: string[] = [];
const PARTITIONS = 3;
/** Time-out of a broker for replication. */
const BROKER_MS = 5_000;
/** As the producer knows them. */
let partitions = PARTITIONS;
const partitionOf = (key: string, count = PARTITIONS) => key.charCodeAt(key.length - 1) % count;

vi.doMock("../../functions/adapters/kafka-client.ts", () => ({
  BROKER_MS,
  knownPartitions: () => partitions,
  partitionsOf: async () => partitions,
  partitionOf: (count: number, _topic: string, key: string) => partitionOf(key, count),
  kafkaProducer() {
    log.push("connect");
    const answer = answers.shift() ?? (async () => ({}));
    return {
      async send(sent: Sent) {
        log.push(`send ${sent.messages.length}`);
        return answer(sent);
      },
      async close() {
        log.push("close");
      },
    };
  },
}));
const { kafkaTopic } = await import("../../functions/adapters/kafka-publisher.ts");

const clock = fakeClock(NOW);
const CONNECTION = { brokers: ["127.0.0.1:9092"], security: "plaintext" } as const;
const published = { kind: "published" };
const events = Array.from({ length: 9 }, (_, i) => created(order(`${i}`)));
const event = events[0] as OrderEvent;
const network = () => Object.assign(new Error("closed"), { code: "PLT_KFK_NETWORK" });
const forever = () => new Promise<never>(() => {});

beforeEach(() => {
  answers.length = 0;
  log.length = 0;
  partitions = PARTITIONS;
});

const topic = () => kafkaTopic(CONNECTION, "order-events", clock);

/** Names and values of headers, whose names are bytes. */
const named = (headers: unknown) =>
  [...(headers as Map<Buffer, unknown>)].map(([name, value]) => [name.toString(), value]);

/** The client's error for a reply with refusals of some partitions. */
function refusing(apiId: string, ...partitions: readonly number[]) {
  const response = {
    responses: [
      {
        name: "order-events",
        partitionResponses: [0, 1, 2].map((index) => ({
          index,
          errorCode: partitions.includes(index) ? 1 : 0,
        })),
      },
    ],
  };
  return Object.assign(new AggregateError([Object.assign(new Error(apiId), { apiId })]), { response });
}

test("a record has the headers of a CloudEvent in structured mode, whatever the attributes of its message", async () => {
  const sent: Sent[] = [];
  answers.push(async (each) => sent.push(each));
  const attributes = { "content-type": "text/plain", type: "forged", redriveId: "r" };

  await topic().publish([{ event, attributes }]);

  expect(sent.flatMap(({ messages }) => messages.map(({ headers }) => named(headers)))).toEqual([
    [
      ["redriveId", "r"],
      ["content-type", "application/cloudevents+json; charset=UTF-8"],
      ["type", event.type],
    ],
  ]);
});

describe("the connections to Kafka", () => {
  test("are opened at the first event and kept", async () => {
    const publisher = topic();
    expect(log).toEqual([]);

    await publisher.publish([{ event }]);
    await publisher.publish([{ event }]);

    expect(log).toEqual(["connect", "send 1", "send 1"]);
  });

  test("that are dead are opened again once, and the events are published", async () => {
    const publisher = topic();
    let sends = 0;
    answers.push(async () => (++sends > 1 ? Promise.reject(network()) : {}));
    await publisher.publish([{ event }]);

    expect(await publisher.publish([{ event }])).toEqual([published]);

    expect(log).toEqual(["connect", "send 1", "send 1", "close", "connect", "send 1"]);
  });

  test("that do not respond, as after a freeze, are abandoned after the broker's time-out and before the deadline", async () => {
    const publisher = topic();
    let sends = 0;
    answers.push(async () => (++sends > 1 ? forever() : {}));
    await publisher.publish([{ event }], clock.now() + 60_000);

    const publishing = publisher.publish([{ event }], clock.now() + 60_000);
    clock.advance(BROKER_MS);
    await nextTurn();
    // A record that is sent again while the broker still writes it is in the topic twice.
    expect(log).toEqual(["connect", "send 1", "send 1"]);
    clock.advance(1_000);

    expect(await publishing).toEqual([published]);
    expect(log).toEqual(["connect", "send 1", "send 1", "close", "connect", "send 1"]);
  });

  test("that fail to open refuse every event at once and are retried at the next call", async () => {
    const publisher = topic();
    answers.push(() => Promise.reject(network()));

    const refused = await publisher.publish([{ event }, { event }]);

    expect(refused).toMatchObject(
      Array(2).fill({ kind: "refused", permanent: false, error: { code: "UNREACHABLE" } }),
    );
    expect(log).toEqual(["connect", "send 2", "close"]);
    expect(await publisher.publish([{ event }])).toEqual([published]);
  });

  test("that never respond refuse every event at the deadline", async () => {
    answers.push(forever);

    const publishing = topic().publish([{ event }], clock.now() + 5_000);
    // One second is reserved for parking refused events.
    clock.advance(4_000);

    expect(await publishing).toMatchObject([
      { kind: "refused", permanent: false, error: { code: "UNREACHABLE" } },
    ]);
    expect(log).toEqual(["connect", "send 1", "close"]);
  });

  test("are closed by the owner of the topic", async () => {
    const publisher = topic();
    await publisher.publish([{ event }]);

    await publisher.close();
    await publisher.close();

    expect(log).toEqual(["connect", "send 1", "close"]);
  });
});

describe("the reply of Kafka", () => {
  test("F7: with refusals of some partitions is reported event by event", async () => {
    answers.push(() => Promise.reject(refusing("NOT_ENOUGH_REPLICAS", 1)));

    const result = await topic().publish(outgoing(events));

    for (const [index, answer] of result.entries()) {
      const isRefused = partitionOf(events[index]?.subject ?? "") === 1;
      expect(answer).toMatchObject(
        isRefused ? { kind: "refused", permanent: false, error: { code: "NOT_ENOUGH_REPLICAS" } } : published,
      );
    }
    expect(new Set(result.map(({ kind }) => kind)).size).toBe(2);
  });

  test("F7: with refusals of some partitions counts as refused where partitions were added, because they are ambiguous", async () => {
    answers.push(() => {
      partitions = PARTITIONS + 1;
      return Promise.reject(refusing("NOT_ENOUGH_REPLICAS", 1));
    });

    const result = await topic().publish(outgoing(events));

    expect(result.map(({ kind }) => kind)).toEqual(events.map(() => "refused"));
  });

  test("F10: about a batch with a too large record sends each record of its partition alone", async () => {
    const large = events.find(({ subject }) => partitionOf(subject) === 1);
    const value = JSON.stringify(large);
    answers.push(async ({ messages }) => {
      const partition = messages.find((message) => message.value === value)?.key;
      if (partition !== undefined) throw refusing("MESSAGE_TOO_LARGE", partitionOf(partition));
      return {};
    });

    const result = await topic().publish(outgoing(events));

    expect(result.map(({ kind }) => kind)).toEqual(
      events.map((each) => (each === large ? "refused" : "published")),
    );
    expect(result.find(({ kind }) => kind === "refused")).toMatchObject({
      permanent: true,
      error: { code: "MESSAGE_TOO_LARGE", message: expect.stringContaining("max.message.bytes") },
    });
  });

  test("F10: as a permanent refusal does not apply to a batch of small records", async () => {
    const sent: number[] = [];
    answers.push(async ({ messages }) => {
      sent.push(messages.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0));
      return {};
    });
    const wide = events.map((each) => ({ ...each, source: "x".repeat(60_000) }));

    const result = await topic().publish(outgoing(wide));

    expect(result).toEqual(wide.map(() => published));
    expect(Math.max(...sent)).toBeLessThanOrEqual(LIMITS.messageBytes);
    expect(sent.length).toBeLessThan(wide.length);
  });

  test.each([
    ["TOPIC_AUTHORIZATION_FAILED", { apiId: "TOPIC_AUTHORIZATION_FAILED" }, "kafka-cluster:WriteData"],
    ["SASL_AUTHENTICATION_FAILED", { code: "PLT_KFK_AUTHENTICATION" }, "kafka-cluster:Connect"],
    ["SASL_AUTHENTICATION_FAILED", { apiId: "SASL_AUTHENTICATION_FAILED" }, "kafka-cluster:Connect"],
    ["UNKNOWN_TOPIC_OR_PARTITION", { message: "Unknown topic order-events." }, "KAFKA_TOPIC"],
    [
      "UNREACHABLE",
      { code: "PLT_KFK_NETWORK", cause: { code: "ENOTFOUND" } },
      "127.0.0.1:9092 accepted the records (ENOTFOUND)",
    ],
    ["CLIENT", { code: "PLT_KFK_USER", message: "no" }, "no"],
  ])("%s, as %o, names what to check", async (code, changes, words) => {
    answers.push(() => Promise.reject(Object.assign(new Error("x"), changes)));

    const [answer] = await topic().publish([{ event }]);

    expect(answer).toMatchObject({ kind: "refused", permanent: false, error: { code } });
    expect((answer as unknown as { error: Error }).error.message).toContain(words);
  });

  test.each([undefined, null, "text", { errors: "none" }])(
    "that is %o is a refusal, never an exception",
    async (error) => {
      answers.push(() => Promise.reject(error));

      expect(await topic().publish([{ event }])).toMatchObject([
        { kind: "refused", error: { code: "CLIENT" } },
      ]);
    },
  );

  test("A13: more events than one batch holds are sent in several, in sequence", async () => {
    const large = events.map((each) => ({ ...each, source: "x".repeat(100_000) }));

    expect(await topic().publish(outgoing(large))).toEqual(Array(9).fill(published));

    expect(log).toEqual(["connect", "send 2", "send 2", "send 2", "send 2", "send 1"]);
  });
});

test("K2: an attribute becomes a header of the same bytes, whatever its type and name", async () => {
  let headers: unknown;
  answers.push(async ({ messages }) => {
    headers = messages[0]?.headers;
    return {};
  });
  const attributes: Attributes = Object.fromEntries([
    ["text", "é"],
    ["number", { type: "Number", value: "1.0" }],
    ["bytes", { type: "Binary", value: "AP8=" }],
    ["constructor", "c"],
    ["__proto__", "p"],
    ["twice", { type: "String.headers", value: '["1",{"type":"Binary","value":"AP8="},""]' }],
    ["none", { type: "String.headers", value: "[null]" }],
    ["list", { type: "String.headers", value: "[7]" }],
    ["type", "another"],
  ]);

  expect(await topic().publish([{ event, attributes }])).toEqual([published]);

  expect(named(headers)).toEqual([
    ["text", "é"],
    ["number", "1.0"],
    ["bytes", Buffer.from([0, 255])],
    ["constructor", "c"],
    ["__proto__", "p"],
    ["twice", "1"],
    ["twice", Buffer.from([0, 255])],
    ["twice", ""],
    ["none", undefined],
    ["list", "[7]"],
    ["content-type", "application/cloudevents+json; charset=UTF-8"],
    ["type", event.type],
  ]);
});

test("K3: the text of a record is sent byte for byte", async () => {
  const sent: Sent[] = [];
  answers.push(async (each) => sent.push(each));
  const text = JSON.stringify(event, null, 1);

  await topic().publish([{ event, text }, { event }]);

  expect(sent.flatMap(({ messages }) => messages.map(({ value }) => value))).toEqual([
    text,
    JSON.stringify(event),
  ]);
});
