import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { done, failing, type MappingRig, mappingsOf, thrown } from "./mapping-rig.ts";

let broker: TestBroker;
const run = mappingsOf(() => broker);
const countOf = (rig: MappingRig, value: string) =>
  rig.invocations.flatMap(({ values }) => values).filter((one) => one === value).length;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.close());

test("a mapping delivers records of several partitions in one event of Lambda's format", async () => {
  await broker.topic("shape", 2);
  await broker.send(
    {
      topic: "shape",
      partition: 0,
      key: "k",
      value: "a",
      headers: { type: "order.created" },
      timestamp: 1_700_000_000_123,
    },
    { topic: "shape", partition: 1, value: "b" },
    { topic: "shape", partition: 1, key: "k" },
  );

  const rig = run("shape");
  await rig.until("both partitions", () => rig.invocations.flatMap(({ values }) => values).length === 3);

  const records = Object.assign({}, ...rig.invocations.map(({ event }) => event.records));
  expect(rig.invocations[0]?.event).toMatchObject({
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-central-1:000000000000:cluster/test/1",
    bootstrapServers: broker.kafka.brokers,
  });
  expect(records["shape-0"]).toEqual([
    {
      topic: "shape",
      partition: 0,
      offset: 0,
      timestamp: 1_700_000_000_123,
      timestampType: "CREATE_TIME",
      key: "aw==",
      value: "YQ==",
      headers: [{ type: [...Buffer.from("order.created")] }],
    },
  ]);
  expect(records["shape-1"]).toMatchObject([
    { offset: 0, value: "Yg==", headers: [] },
    { offset: 1, key: "aw==" },
  ]);
  expect(records["shape-1"][0]).not.toHaveProperty("key");
  expect(records["shape-1"][1]).not.toHaveProperty("value");
});

test("a mapping with a window waits until the batch is full or the window ends", async () => {
  await broker.topic("window", 1);
  const rig = run("window", { windowSeconds: 2, batchSize: 3 });

  await broker.send({ topic: "window", value: "1" });
  await broker.send({ topic: "window", value: "2" });
  await broker.send({ topic: "window", value: "3" });
  await rig.until("a full batch", () => rig.invocations.length === 1);
  await broker.send({ topic: "window", value: "4" });
  await rig.until("the rest", () => rig.invocations.length === 2);

  expect(rig.invocations.map(({ values }) => values)).toEqual([["1", "2", "3"], ["4"]]);
});

test("F3, K27: a partial failure is delivered again from its lowest offset, the other partition is not", async () => {
  await broker.topic("partial", 2);
  await broker.send(
    ...["a", "b", "c"].map((value) => ({ topic: "partial", partition: 0, value })),
    ...["x", "y"].map((value) => ({ topic: "partial", partition: 1, value })),
  );
  let failures = 0;

  const rig = run("partial", {}, (invocation, count) =>
    invocation.values.includes("b") && failures++ < 2 ? failing("b")(invocation, count) : done,
  );
  await rig.until(
    "b to be done",
    async () => (await broker.committed("group-of-partial", "partial", 2)).join() === "3,2",
  );

  expect(["a", "b", "c", "x", "y"].map((value) => countOf(rig, value))).toEqual([1, 3, 3, 1, 1]);
});

test("a failed event is halved down to the failing record, and only that goes to the destination", async () => {
  await broker.topic("halved", 2);
  await broker.topic("halved-dlt", 1);
  await broker.send(
    ...["a", "b", "bad", "d"].map((value) => ({ topic: "halved", partition: 0, key: "k", value })),
    ...["x", "y"].map((value) => ({ topic: "halved", partition: 1, value })),
  );

  const rig = run(
    "halved",
    { bisect: true, maximumRetryAttempts: 1, destinationTopic: "halved-dlt" },
    ({ values }) => (values.includes("bad") ? thrown : done),
  );
  await rig.until(
    "all to be acknowledged",
    async () => (await broker.committed("group-of-halved", "halved", 2)).join() === "4,2",
  );

  const [dead, ...others] = await broker.records("halved-dlt");
  expect(others).toEqual([]);
  expect(dead?.key).toBe("k");
  expect(JSON.parse(dead?.value ?? "")).toMatchObject({
    requestContext: {
      condition: "RetriesExhausted",
      functionArn: expect.stringContaining(":function:under-test"),
    },
    responseContext: { functionError: "Unhandled" },
    version: "1.0",
    KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: "2" } },
    payload: { eventSource: "aws:kafka", records: { "halved-0": [{ offset: 2, value: "YmFk" }] } },
  });
  expect(["a", "b", "d", "x", "y"].every((value) => countOf(rig, value) >= 1)).toBe(true);
  expect(rig.invocations.filter(({ values }) => values.join() === "bad")).toHaveLength(2);
});

test("a record over the maximum age goes to the destination without an invocation", async () => {
  await broker.topic("aged", 1);
  await broker.topic("aged-dlt", 1);
  await broker.send(
    { topic: "aged", value: "old", timestamp: Date.now() - 120_000 },
    { topic: "aged", value: "new" },
  );

  const rig = run("aged", { maximumRecordAgeSeconds: 60, destinationTopic: "aged-dlt" });
  await rig.until(
    "the new one",
    async () => (await broker.committed("group-of-aged", "aged", 1)).join() === "2",
  );

  const [dead] = await broker.records("aged-dlt");
  expect(rig.invocations.flatMap(({ values }) => values)).toEqual(["new"]);
  expect(JSON.parse(dead?.value ?? "")).toMatchObject({ requestContext: { condition: "RecordAgeExceeded" } });
});

test("F12: no offset is committed while the destination refuses the given-up records", async () => {
  await broker.topic("stuck", 1);
  await broker.send({ topic: "stuck", value: "bad" }, { topic: "stuck", value: "good" });

  const settings = { batchSize: 1, maximumRetryAttempts: 0, destinationTopic: "stuck-dlt" };
  const rig = run("stuck", settings, ({ values }) => (values.includes("bad") ? thrown : done));
  await rig.until("a refusal", () =>
    rig.lines.some(({ text }) => text.includes("cannot write to stuck-dlt")),
  );
  const before = await broker.committed("group-of-stuck", "stuck", 1);
  await broker.topic("stuck-dlt", 1);
  await rig.until(
    "both to be acknowledged",
    async () => (await broker.committed("group-of-stuck", "stuck", 1)).join() === "2",
  );

  expect(before).toEqual([-1]);
  expect((await broker.records("stuck-dlt")).length).toBeGreaterThanOrEqual(1);
});

test("a mapping without provisioned pollers retries a failing event for ever, and commits nothing", async () => {
  await broker.topic("endless", 1);
  await broker.send({ topic: "endless", value: "bad" });

  const rig = run("endless", { reportBatchItemFailures: false }, () => thrown);
  await rig.until("many tries", () => rig.invocations.length >= 6);

  expect(await broker.committed("group-of-endless", "endless", 1)).toEqual([-1]);
});

test.each([
  ["odd-offset", "an offset that was not in the event", { partition: "odd-offset-0", offset: 77 }],
  ["odd-number", "a partition by its number", { partition: 0, offset: 0 }],
  ["odd-text", "text instead of an object", "odd-text-0@0"],
  ["odd-null", "null", null],
])(
  "C3: %s: after a response that names %s the whole event is delivered again",
  async (topic, _what, itemIdentifier) => {
    await broker.topic(topic, 1);
    await broker.send({ topic, value: "a" }, { topic, value: "b" });

    const rig = run(topic, {}, (_, count) =>
      count === 1 ? { kind: "ok", payload: { batchItemFailures: [{ itemIdentifier }] } } : done,
    );
    await rig.until(
      "a second delivery",
      async () => (await broker.committed(`group-of-${topic}`, topic, 1)).join() === "2",
    );

    expect([countOf(rig, "a"), countOf(rig, "b")]).toEqual([2, 2]);
  },
);

test("a disabled mapping does not join the group", async () => {
  await broker.topic("disabled", 1);
  await broker.send({ topic: "disabled", value: "a" });

  const rig = run("disabled", { enabled: false });
  await rig.stop();

  expect([...(await broker.admin.listGroups()).keys()]).not.toContain("group-of-disabled");
  expect(rig.invocations).toEqual([]);
});
