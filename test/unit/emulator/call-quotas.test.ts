import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TableSpec } from "../../../lib/emulator/assembly/model.ts";
import { limitedApis } from "../../../lib/emulator/aws-limits/add-limits.ts";
import { delayed, logNormalMs } from "../../../lib/emulator/aws-limits/call-latency.ts";
import { callQuotas } from "../../../lib/emulator/aws-limits/call-quotas.ts";
import { partitionUnits } from "../../../lib/emulator/aws-limits/partition-units.ts";
import type { AwsService } from "../../../lib/emulator/calls/aws-call.ts";
import { quotasOf } from "../../../lib/settings/region-quotas.ts";

const TABLES: readonly TableSpec[] = [
  {
    name: "failed",
    createInput: {
      KeySchema: [{ AttributeName: "failedKey", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [
        { IndexName: "byStatus", KeySchema: [{ AttributeName: "status", KeyType: "HASH" }] },
      ],
    },
  },
];
const call = (service: AwsService, operation: string, input: object = {}) => ({
  service,
  operation,
  input: { ...input },
  accessKeyId: undefined,
  onEnd: () => {},
});

function openQuotas(region = "eu-central-1") {
  let now = 0;
  const check = callQuotas(quotasOf(region), TABLES, { now: () => now });
  return {
    check,
    advance(ms: number) {
      now += ms;
    },
    /** Calls in this moment until the first refusal. */
    async passing(each: () => ReturnType<typeof call>, most = 100_000) {
      for (let count = 0; count < most; count++) {
        const refusal = await check(each());
        if (refusal !== undefined) return { count, refusal };
      }
      return { count: most, refusal: undefined };
    },
  };
}
const batch = (entries: number) =>
  Object.fromEntries(
    Array.from({ length: entries }, (_, i) => [`PublishBatchRequestEntries.member.${i + 1}.Id`, String(i)]),
  );

describe("the quotas of a region", () => {
  test.each([
    ["us-east-1", 30_000],
    ["eu-central-1", 1_500],
    ["sa-east-1", 300],
  ])("count each entry of a batch as a message: %s passes %i a second", async (region, messages) => {
    const quotas = openQuotas(region);

    const { count, refusal } = await quotas.passing(() => call("sns", "PublishBatch", batch(10)));

    expect(count).toBe(messages / 10);
    expect(refusal).toMatchObject({ status: 429, code: "Throttled" });
    quotas.advance(1_000);
    expect(await quotas.check(call("sns", "Publish"))).toBeUndefined();
  });

  test("pass the mails of a second, and more in the next one", async () => {
    const quotas = openQuotas();

    expect(await quotas.passing(() => call("ses", "SendEmail"))).toMatchObject({
      count: 14,
      refusal: { status: 429, code: "TooManyRequestsException" },
    });
    quotas.advance(500);
    expect(await quotas.passing(() => call("ses", "SendEmail"))).toMatchObject({ count: 7 });
  });

  test("throttle a busy item, and no other", async () => {
    const quotas = openQuotas();
    const write = (id: string) =>
      call("dynamodb", "UpdateItem", { TableName: "failed", Key: { failedKey: id } });

    const { count, refusal } = await quotas.passing(() => write("A"));

    expect(count).toBe(1_000);
    expect(refusal).toMatchObject({ status: 400, code: "ThrottlingException" });
    expect(await quotas.check(write("B"))).toBeUndefined();
    quotas.advance(1_000);
    expect(await quotas.check(write("A"))).toBeUndefined();
  });

  test("throttle a busy key of an index although the items differ", async () => {
    const quotas = openQuotas();
    let id = 0;

    const { count } = await quotas.passing(() =>
      call("dynamodb", "PutItem", { TableName: "failed", Item: { failedKey: `${id++}`, status: "OPEN" } }),
    );

    expect(count).toBe(1_000);
  });

  test("cancel a transaction with the reason of the busy item, at two units an action", async () => {
    const quotas = openQuotas();
    const update = (id: string) => ({ Update: { TableName: "failed", Key: { failedKey: id } } });

    const { count, refusal } = await quotas.passing(() =>
      call("dynamodb", "TransactWriteItems", { TransactItems: [update(String(Math.random())), update("A")] }),
    );

    expect(count).toBe(500);
    expect(refusal).toMatchObject({
      code: "TransactionCanceledException",
      details: { CancellationReasons: [{ Code: "None" }, { Code: "ThrottlingError" }] },
    });
  });

  /** A page that takes this many read units. */
  const page = (operation: "Query" | "Scan", input: object, units: number) => ({
    ...call("dynamodb", operation, { TableName: "failed", ...input }),
    onReadUnits: (listener: (count: number) => void) => listener(units),
  });
  const byStatus = (status: string) => ({
    IndexName: "byStatus",
    KeyConditionExpression: "#status = :status AND dueAt <= :before",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":status": { S: status }, ":before": { S: "2026" } },
  });

  test("throttle the queries of a busy key of an index by what their pages read, and those of no other key", async () => {
    const quotas = openQuotas();

    const { count, refusal } = await quotas.passing(() => page("Query", byStatus("OPEN"), 128));

    expect(count).toBe(Math.ceil(3_000 / 128));
    expect(refusal).toMatchObject({ status: 400, code: "ThrottlingException" });
    expect(await quotas.check(page("Query", byStatus("DONE"), 128))).toBeUndefined();
    quotas.advance(1_000);
    expect(await quotas.check(page("Query", byStatus("OPEN"), 128))).toBeUndefined();
  });

  test("throttle gets and queries of one key together", async () => {
    const quotas = openQuotas();
    const query = {
      KeyConditionExpression: "failedKey = :key",
      ExpressionAttributeValues: { ":key": { S: "A" } },
    };
    await quotas.check(page("Query", query, 2_999));
    const get = () =>
      call("dynamodb", "GetItem", {
        TableName: "failed",
        Key: { failedKey: { S: "A" } },
        ConsistentRead: true,
      });

    expect(await quotas.check(get())).toBeUndefined();
    expect(await quotas.check(get())).toMatchObject({ code: "ThrottlingException" });
  });

  test("throttle the scan of a table or of a segment, and no other", async () => {
    const quotas = openQuotas();

    const { count } = await quotas.passing(() => page("Scan", { Segment: 1, TotalSegments: 2 }, 100));

    expect(count).toBe(30);
    expect(await quotas.check(page("Scan", { Segment: 0, TotalSegments: 2 }, 100))).toBeUndefined();
  });

  test.each([
    {},
    { KeyConditionExpression: "failedKey = :absent", ExpressionAttributeValues: {} },
    { KeyConditionExpression: 7, ExpressionAttributeValues: null },
    { IndexName: "unknown", KeyConditionExpression: "a = :a", ExpressionAttributeValues: { ":a": 1 } },
  ])("pass a query that is not understood: %j", async (input) => {
    const quotas = openQuotas();

    expect(await quotas.passing(() => page("Query", input, 5_000), 3)).toMatchObject({ refusal: undefined });
  });

  test("leave alone what has no quota here", async () => {
    const quotas = openQuotas();

    expect(await quotas.passing(() => call("sqs", "SendMessage"))).toMatchObject({ refusal: undefined });
  });

  test("lower the throttle of an API to that of the account", () => {
    const api = { kind: "http", id: "a", name: "a", stageName: "$default", routes: [] } as const;
    const fast = { ...api, throttle: { rate: 9_000, burst: 9_000 } };

    expect(limitedApis([api, fast], "eu-south-1").map(({ throttle }) => throttle)).toEqual([
      { rate: 2_500, burst: 1_250 },
      { rate: 2_500, burst: 1_250 },
    ]);
    expect(limitedApis([fast], undefined)).toEqual([fast]);
  });
});

describe("the units of a call", () => {
  const unitsOf = partitionUnits(TABLES);
  const Key = { failedKey: "A" };

  test.each([
    ["PutItem", { TableName: "failed", Item: { failedKey: "A", body: "x".repeat(2_000) } }, [2]],
    ["DeleteItem", { TableName: "failed", Key }, [1]],
    ["GetItem", { TableName: "failed", Key }, [0.5]],
    ["GetItem", { TableName: "failed", Key, ConsistentRead: true }, [1]],
    ["TransactGetItems", { TransactItems: [{ Get: { TableName: "failed", Key } }] }, [2]],
    ["BatchGetItem", { RequestItems: { failed: { Keys: [Key, { failedKey: "B" }] } } }, [0.5, 0.5]],
    [
      "BatchWriteItem",
      { RequestItems: { failed: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key } }] } },
      [1, 1],
    ],
    ["Query", { TableName: "failed" }, []],
  ])("%s with %j", (operation, input, counts) => {
    expect(unitsOf(operation, input).map(({ count }) => count)).toEqual(counts);
  });

  test.each([
    [{ ProjectionType: "ALL" }, 3],
    [{ ProjectionType: "INCLUDE", NonKeyAttributes: ["reason"] }, 1],
    [{ ProjectionType: "KEYS_ONLY" }, 1],
  ])("an index counts the attributes that it holds: %j", (Projection, expected) => {
    const unitsOfIndex = partitionUnits([
      {
        name: "failed",
        createInput: {
          KeySchema: [{ AttributeName: "failedKey", KeyType: "HASH" }],
          GlobalSecondaryIndexes: [
            { IndexName: "byStatus", KeySchema: [{ AttributeName: "status", KeyType: "HASH" }], Projection },
          ],
        },
      },
    ]);
    const Item = {
      failedKey: { S: "A" },
      status: { S: "OPEN" },
      reason: { S: "r" },
      body: { S: "x".repeat(2_500) },
    };

    expect(unitsOfIndex("PutItem", { TableName: "failed", Item }).map(({ count }) => count)).toEqual([
      3,
      expected,
    ]);
  });

  test("never throw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("PutItem", "TransactWriteItems", "BatchWriteItem", "BatchGetItem", "GetItem"),
        fc.dictionary(
          fc.constantFrom("TableName", "Item", "Key", "TransactItems", "RequestItems"),
          fc.anything(),
        ),
        (operation, input) => Array.isArray(unitsOf(operation, input)),
      ),
    );
  });
});

describe("the latency of calls", () => {
  test("has its median and its 99th percentile", () => {
    const latency = { p50Ms: 15, p99Ms: 60 };
    const steps = 200;
    const times = Array.from({ length: steps ** 2 }, (_, i) =>
      logNormalMs(latency, ((i % steps) + 0.5) / steps, (Math.floor(i / steps) + 0.5) / steps),
    ).sort((one, other) => one - other);

    expect(times[times.length * 0.5]).toBeCloseTo(15, 0);
    expect(times[times.length * 0.99] ?? 0).toBeGreaterThan(55);
    expect(times[times.length * 0.99] ?? 0).toBeLessThan(65);
  });

  test("passes before a call is answered, refused or not", async () => {
    const waited: string[] = [];
    const wait = async ({ operation }: { readonly operation: string }) => void waited.push(operation);
    const refusal = { status: 400, code: "No", message: "no" };

    expect(await delayed(() => undefined, wait)(call("sqs", "SendMessage"))).toBeUndefined();
    expect(await delayed(() => refusal, wait)(call("sns", "Publish"))).toBe(refusal);
    expect(waited).toEqual(["SendMessage", "Publish"]);
  });
});
