import { startFauxqs } from "fauxqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mappingId } from "../../../lib/emulator/event-sources/stream-event-source.ts";
import { done, mapStream, type StreamFunction, threw } from "./stream-function.ts";
import { openTableEmulator, type TableEmulator } from "./table-emulator.ts";

let table: TableEmulator;
let mapping: StreamFunction | undefined;
const map = (...rest: Parameters<typeof mapStream> extends [unknown, ...infer R] ? R : never) => {
  mapping = mapStream(table, ...rest);
  return mapping;
};

beforeEach(async () => {
  table = await openTableEmulator();
});
afterEach(async () => {
  await mapping?.stop();
  mapping = undefined;
  await table.kill();
});

/** A busy machine is slow once; a regression is slow each time. */
const ONCE_FAST = { retry: 5 };

describe("the stream of a table", () => {
  test("reaches the function in order, in batches", async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `o${index}`);
    for (const id of ids) await table.put(id);

    const { batches } = map(() => done);

    await expect.poll(() => batches.flat()).toEqual(ids);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
  test("has records in Lambda's format", async () => {
    await table.put("a", "1");
    await table.put("a", "2");

    const { records } = map(() => done);

    await expect.poll(() => records.length).toBe(2);
    expect(records[1]).toEqual({
      eventID: expect.any(String),
      eventName: "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-central-1",
      eventSourceARN: table.streamArn,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { id: { S: "a" } },
        OldImage: { id: { S: "a" }, value: { S: "1" } },
        NewImage: { id: { S: "a" }, value: { S: "2" } },
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SizeBytes: expect.any(Number),
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    });
  });

  test("has no record for a write without a change", async () => {
    await table.put("a", "1");
    await table.put("a", "1");
    await table.put("b");

    const { batches } = map(() => done);

    await expect.poll(() => batches.flat()).toEqual(["a", "b"]);
  });

  test(
    "reaches the function soon after a write, and sooner where writes are announced",
    ONCE_FAST,
    async () => {
      const listeners = new Set<() => void>();
      const onWrite = (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      const { batches } = map(() => done, {}, { onWrite });
      await table.put("warm");
      await expect.poll(() => batches.length).toBe(1);

      const from = performance.now();
      await table.put("a");
      for (const listener of listeners) listener();
      await expect.poll(() => batches.length, { interval: 1 }).toBe(2);

      expect(performance.now() - from).toBeLessThan(60);
      await mapping?.stop();
      expect(listeners.size).toBe(0);
    },
  );

  test("is filtered before the function", async () => {
    for (const id of ["a", "b", "c"]) await table.put(id);

    const { batches } = map(() => done, {
      filters: [JSON.stringify({ dynamodb: { Keys: { id: { S: ["a", "c"] } } } })],
    });

    await expect.poll(() => batches).toEqual([["a", "c"]]);
  });

  test("starts at the end for a mapping at LATEST", async () => {
    await table.put("before");
    const { batches } = map(() => done, { startingPosition: "LATEST" });

    await expect
      .poll(async () => {
        await table.put(`after${Date.now()}`);
        return batches.flat().length;
      })
      .toBeGreaterThan(0);
    expect(batches.flat()).not.toContain("before");
  });

  test("is not read by a disabled mapping", async () => {
    await table.put("a");

    await map(() => done, { enabled: false }).stop();

    expect(mapping?.batches).toEqual([]);
  });

  test("gathers for the mapping's window", async () => {
    const { batches } = map(() => done, { windowSeconds: 5 });
    await table.put("a");
    await table.put("b");
    await table.put("c");

    await expect.poll(() => batches).toEqual([["a", "b", "c"]]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
describe("a poison record", () => {
  let s3: Awaited<ReturnType<typeof startFauxqs>>;
  beforeAll(async () => {
    s3 = await startFauxqs({ port: 0, logger: false });
    s3.createBucket("crashed");
  });
  afterAll(() => s3.stop());

  test("goes to the destination alone, with its whole event, and the shard continues", async () => {
    for (const id of ["a", "b", "poison", "c"]) await table.put(id);
    const s3Endpoint = `http://127.0.0.1:${s3.port}`;

    const { batches } = map(
      (ids) => (ids.includes("poison") ? threw : done),
      { destinationBucket: "crashed" },
      { s3Endpoint },
    );

    await expect.poll(() => batches.at(-1)).toEqual(["c"]);
    expect(batches).toEqual([
      ["a", "b", "poison", "c"],
      ["a", "b"],
      ["poison", "c"],
      ["poison"],
      ["poison"],
      ["c"],
    ]);
    const listing = await (await fetch(`${s3Endpoint}/crashed?list-type=2`)).text();
    const keys = [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toContain("/shardId-");
    const object = await (await fetch(`${s3Endpoint}/crashed/${keys[0]}`)).json();
    expect(object).toMatchObject({
      requestContext: {
        condition: "RetryAttemptsExhausted",
        functionArn: expect.stringMatching(/:function:app-publish-events$/),
      },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: table.streamArn },
    });
    const payload = JSON.parse(Reflect.get(Object(object), "payload"));
    expect(payload.Records[0].dynamodb.NewImage.id).toEqual({ S: "poison" });
  });

  test("blocks its shard while the destination refuses it", async () => {
    await table.put("poison");
    await table.put("after");

    const { batches, lines } = map((ids) => (ids.includes("poison") ? threw : done), {
      destinationBucket: "crashed",
      maximumRetryAttempts: 0,
      batchSize: 1,
    });

    await expect
      .poll(() => lines.filter(({ text }) => text.includes("cannot write to the destination")).length)
      .toBeGreaterThan(1);
    expect(batches).toEqual([["poison"]]);
  });
});

test("the id of a mapping depends on its table and function, not on the stream name", () => {
  const spec = { tableName: "orders", functionName: "publish-events" };
  const ids = ["arn:1", "arn:2"].map((streamArn) =>
    mappingId({ ...spec, streamArn } as Parameters<typeof mappingId>[0]),
  );

  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});
