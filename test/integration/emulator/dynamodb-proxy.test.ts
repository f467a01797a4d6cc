import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCallChecks } from "../../../lib/emulator/calls/call-checks.ts";
import { type DynamoDbProxy, openDynamoDbProxy } from "../../../lib/emulator/faults/dynamodb-proxy.ts";
import { createFaults, type Faults } from "../../../lib/emulator/faults/fault-switches.ts";
import { openTableEmulator, type TableEmulator } from "./table-emulator.ts";

let table: TableEmulator;
let faults: Faults;
let proxy: DynamoDbProxy;
let client: DynamoDBClient;

beforeEach(async () => {
  table = await openTableEmulator();
  faults = createFaults({ functions: [], tables: ["orders", "stock"] });
  proxy = await openDynamoDbProxy({ upstream: table.endpoint, tables: ["orders", "stock"], faults });
  client = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await proxy.close();
  await table.kill();
});

const item = (id: string) => ({ TableName: "orders", Item: { id: { S: id } } });
const put = (id: string) => client.send(new PutItemCommand(item(id)));
const ids = async () => {
  const { Items } = (await table.call("Scan", { TableName: "orders" })) as {
    readonly Items: readonly { readonly id: { readonly S: string } }[];
  };
  return Items.map(({ id }) => id.S).sort();
};

test("without a fault, calls and responses pass unchanged, also refusals", async () => {
  await put("a");

  const again = client.send(
    new PutItemCommand({ ...item("a"), ConditionExpression: "attribute_not_exists(id)" }),
  );

  await expect(again).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  expect(await ids()).toEqual(["a"]);
});

test("an accepted write is announced, a refused one and a read are not", async () => {
  let writes = 0;
  const stop = proxy.onWrite(() => {
    writes += 1;
  });

  await put("a");
  await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: item("b") }] }));
  await client
    .send(new PutItemCommand({ ...item("a"), ConditionExpression: "attribute_not_exists(id)" }))
    .catch(() => {});
  stop();
  await put("c");

  expect(writes).toBe(2);
});

test("the read units of queries and scans are reported to a check, filtered rows included, and of nothing else", async () => {
  const units: (readonly [string, number])[] = [];
  const calls = createCallChecks();
  calls.add(({ operation, onReadUnits }) => {
    onReadUnits?.((count) => units.push([operation, count]));
    return undefined;
  });
  const counted = await openDynamoDbProxy({ upstream: table.endpoint, tables: ["orders"], faults, calls });
  const checked = new DynamoDBClient({
    endpoint: counted.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    const body = { S: "é".repeat(5_000) };
    await checked.send(new PutItemCommand({ TableName: "orders", Item: { id: { S: "a" }, body } }));
    const { Items: scanned } = await checked.send(
      new ScanCommand({
        TableName: "orders",
        FilterExpression: "id = :none",
        ExpressionAttributeValues: { ":none": { S: "none" } },
      }),
    );
    const { Items: found } = await checked.send(
      new QueryCommand({
        TableName: "orders",
        KeyConditionExpression: "id = :a",
        ExpressionAttributeValues: { ":a": { S: "a" } },
        ConsistentRead: true,
      }),
    );

    expect(scanned).toEqual([]);
    expect(found).toEqual([{ id: { S: "a" }, body }]);
    // 10 KB are three units of 4 KB, half of them where the read is eventually consistent.
    expect(units).toEqual([
      ["Scan", 1.5],
      ["Query", 3],
    ]);
  } finally {
    checked.destroy();
    await counted.close();
  }
});

describe("during a fault", () => {
  test("a broken table responds 500 and does not change", async () => {
    faults.break("table:orders");

    await expect(put("a")).rejects.toMatchObject({
      name: "InternalServerError",
      $metadata: { httpStatusCode: 500 },
    });
    faults.mend("all");
    await put("b");
    expect(await ids()).toEqual(["b"]);
  });

  test("calls to other tables pass", async () => {
    faults.break("table:stock");

    await put("a");

    expect(await ids()).toEqual(["a"]);
  });

  test("a conflict cancels a transaction with reasons that the SDK parses", async () => {
    faults.break("conflicts");

    const sent = client.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Put: item("a") }, { Put: item("b") }] }),
    );

    await expect(sent).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
    });
    expect(await ids()).toEqual([]);
  });

  test("a conflict refuses a single write", async () => {
    faults.break("conflicts");

    await expect(put("a")).rejects.toMatchObject({ name: "TransactionConflictException" });
  });

  test("with a rate, about that share of the calls fails and the rest succeeds", async () => {
    faults.break("orders", { rate: 0.5 });

    const results = await Promise.allSettled(Array.from({ length: 60 }, (_, n) => put(`o${n}`)));
    const done = results.filter(({ status }) => status === "fulfilled").length;

    expect(done).toBeGreaterThan(10);
    expect(done).toBeLessThan(50);
    faults.mend("all");
    expect(await ids()).toHaveLength(done);
  });
});

test("without DynamoDB a call is a broken connection, not a response", async () => {
  await table.kill();

  await expect(put("a")).rejects.toThrow();
});
