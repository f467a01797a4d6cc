import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "../fixtures/kafka-broker.ts";
import { done, type MappingRig, mappingsOf } from "./mapping-rig.ts";

let broker: TestBroker;
const run = mappingsOf(() => broker);

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.close());

const valuesOf = (...of: readonly MappingRig[]) =>
  of.flatMap(({ invocations }) => invocations.flatMap(({ values }) => values));
const numbered = (topic: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ topic, key: `k${index % 7}`, value: `${from + index}` }));
const expectAll = (seen: readonly string[], count: number) =>
  expect(new Set(seen)).toEqual(new Set(Array.from({ length: count }, (_, index) => String(index))));
const finished = (topic: string) => broker.isAcknowledged(`group-of-${topic}`, topic, 3);

test("F1: members that join and leave share the partitions, and every record is delivered", async () => {
  const topic = "shared";
  await broker.topic(topic, 3);
  await broker.send(...numbered(topic, 0, 100));

  const first = run(topic);
  await first.until("the first works", () => first.invocations.length > 0);
  const second = run(topic);
  await second.until("the second has a share", async () => {
    await broker.send({ topic, value: "0" }, { topic, value: "1" }, { topic, value: "2" });
    return second.invocations.length > 0;
  });
  await first.stop();
  await broker.send(...numbered(topic, 100, 50));
  await second.until("all", () => new Set(valuesOf(first, second)).size === 150);

  expectAll(valuesOf(first, second), 150);
});

test("F1: a member that the group removes while its function runs cannot commit, and its records are delivered again, then acknowledged", async () => {
  const topic = "put-out";
  await broker.topic(topic, 1);
  await broker.send({ topic, value: "0" }, { topic, value: "1" });
  const began = Promise.withResolvers<void>();
  const expelled = Promise.withResolvers<void>();

  const rig = run(topic, {}, async (_, count) => {
    began.resolve();
    if (count === 1) await expelled.promise;
    return done;
  });
  await began.promise;
  await broker.admin.removeMembersFromConsumerGroup({ groupId: `group-of-${topic}`, members: null });
  // Another member takes the partition, acknowledges its records and leaves, so the first one's commit is of an old generation.
  const other = run(topic);
  await other.until(
    "the other has it",
    async () => (await broker.committed(`group-of-${topic}`, topic, 1))[0] === 2,
  );
  expelled.resolve();
  await other.stop();
  await broker.send({ topic, value: "2" });
  await rig.until(
    "the first goes on, and commits",
    async () => (await broker.committed(`group-of-${topic}`, topic, 1))[0] === 3,
  );

  expect(valuesOf(rig, other).filter((value) => value === "0").length).toBeGreaterThanOrEqual(2);
  expect(valuesOf(rig)).toContain("2");
});

test("F1, I16: a broker that is killed and restarted under load loses nothing, and no commit precedes its acknowledgement", async () => {
  const topic = "killed";
  await broker.topic(topic, 3);
  await broker.send(...numbered(topic, 0, 60));
  const ended = [new Set<number>(), new Set<number>(), new Set<number>()];
  const count = () => ended.reduce((sum, offsets) => sum + offsets.size, 0);
  const commitsAhead = async () =>
    (await broker.committed(`group-of-${topic}`, topic, 3)).filter((next, partition) =>
      Array.from({ length: next }, (_, offset) => offset).some((offset) => !ended[partition]?.has(offset)),
    );

  const rig = run(topic, { batchSize: 5 }, async ({ records }) => {
    await pause(40);
    for (const { partition, offset } of records) ended[partition]?.add(offset);
    return done;
  });
  await rig.until("some", () => count() >= 15);
  const aheadBefore = await commitsAhead();
  await broker.kafka.kill();
  const whenKilled = count();
  await rig.until("it is noticed", () => rig.lines.some(({ text }) => text.includes("joining again")));
  await broker.kafka.restart();
  await broker.send(...numbered(topic, 60, 30));
  await rig.until("all", () => finished(topic));

  expect(whenKilled).toBeLessThan(60);
  expectAll(valuesOf(rig), 90);
  expect([aheadBefore, await commitsAhead()]).toEqual([[], []]);
});

test("F8: unread records that the retention removed are logged, and the rest is read", async () => {
  const topic = "trimmed";
  await broker.topic(topic, 1);
  await broker.send(...numbered(topic, 0, 10));
  const first = run(topic, { batchSize: 1 }, ({ values }) =>
    values.includes("2") ? { kind: "throttled" } : done,
  );
  await first.until(
    "two are acknowledged",
    async () => (await broker.committed(`group-of-${topic}`, topic, 1))[0] === 2,
  );
  await first.stop();
  await broker.admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 7n }] }] });

  const second = run(topic);
  await second.until(
    "the rest",
    async () => (await broker.committed(`group-of-${topic}`, topic, 1))[0] === 10,
  );

  expect(valuesOf(second)).toEqual(["7", "8", "9"]);
  expect(second.lines.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^5 record\(s\) of trimmed-0 were removed/),
  );
});

test("F8: a running mapping whose position the retention removed logs it and continues at the oldest record", async () => {
  const topic = "overtaken";
  await broker.topic(topic, 1);
  await broker.send(...numbered(topic, 0, 10));
  const gate = Promise.withResolvers<void>();
  const rig = run(topic, { batchSize: 1 }, async () => {
    await gate.promise;
    return done;
  });
  await rig.until("it has read ahead", () => rig.invocations.length === 1);
  await broker.send(...numbered(topic, 10, 10));
  await broker.admin.deleteRecords({
    topics: [{ name: topic, partitions: [{ partition: 0, offset: 15n }] }],
  });

  gate.resolve();
  await rig.until("the rest", async () => (await broker.committed(`group-of-${topic}`, topic, 1))[0] === 20);

  expect(new Set(valuesOf(rig))).toEqual(new Set([..."0123456789", "15", "16", "17", "18", "19"]));
  expect(rig.lines.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^5 record\(s\) of overtaken-0 were removed/),
  );
});

test("one partition is in one invocation at a time, and several pollers run concurrently", async () => {
  const topic = "pollers";
  await broker.topic(topic, 3);
  const running = new Map<string, number>();
  let most = 0;
  let together = 0;
  await broker.send(
    ...[0, 1, 2].flatMap((partition) =>
      Array.from({ length: 12 }, (_, index) => ({ topic, partition, value: `${partition * 12 + index}` })),
    ),
  );

  const rig = run(topic, { batchSize: 3, maximumPollers: 3 }, async ({ partitions }) => {
    for (const name of partitions) running.set(name, (running.get(name) ?? 0) + 1);
    most = Math.max(most, ...running.values());
    together = Math.max(together, [...running.values()].filter((count) => count > 0).length);
    await pause(30);
    for (const name of partitions) running.set(name, (running.get(name) ?? 0) - 1);
    return done;
  });
  await rig.until("all", () => finished(topic));

  expect({ most, together }).toEqual({ most: 1, together: 3 });
  for (const partition of [0, 1, 2]) {
    const order = rig.invocations.flatMap(({ records }) =>
      records.filter((record) => record.partition === partition).map(({ offset }) => offset),
    );
    expect(order).toEqual([...order].sort((left, right) => left - right));
  }
});
