import { DynamoDBClient, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { delayed } from "../../../lib/emulator/aws-limits/call-latency.ts";
import { transactionConflicts } from "../../../lib/emulator/aws-limits/transaction-conflicts.ts";
import { itemsOfTables } from "../../../lib/emulator/aws-limits/written-items.ts";
import { createCallChecks } from "../../../lib/emulator/calls/call-checks.ts";
import { type DynamoDbProxy, openDynamoDbProxy } from "../../../lib/emulator/faults/dynamodb-proxy.ts";
import { createFaults } from "../../../lib/emulator/faults/fault-switches.ts";
import { openTableEmulator, type TableEmulator } from "./table-emulator.ts";

let table: TableEmulator;
let proxy: DynamoDbProxy;
let client: DynamoDBClient;
/** Transactions that wait to be executed. */
const waiting: (() => void)[] = [];

beforeAll(async () => {
  table = await openTableEmulator();
  const calls = createCallChecks();
  const KeySchema = [{ AttributeName: "id", KeyType: "HASH" }];
  const conflicts = transactionConflicts(itemsOfTables([{ name: "orders", createInput: { KeySchema } }]));
  const refused = new Set<unknown>();
  const check = (call: Parameters<typeof conflicts>[0]) => {
    const refusal = conflicts(call);
    if (refusal !== undefined) refused.add(call);
    return refusal;
  };
  calls.add(
    delayed(check, async (call) => {
      if (call.operation !== "TransactWriteItems" || refused.has(call)) return;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }),
  );
  proxy = await openDynamoDbProxy({
    upstream: table.endpoint,
    tables: ["orders"],
    faults: createFaults({ functions: [], tables: ["orders"] }),
    calls,
  });
  client = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  for (const resume of waiting) resume();
  client.destroy();
  await proxy.close();
  await table.kill();
});

const add = (id: string) => ({
  TableName: "orders",
  Key: { id: { S: id } },
  UpdateExpression: "ADD units :one",
  ExpressionAttributeValues: { ":one": { N: "1" } },
});
const transact = (...ids: string[]) =>
  client.send(new TransactWriteItemsCommand({ TransactItems: ids.map((id) => ({ Update: add(id) })) }));
const inProgress = async (...ids: string[]) => {
  const promise = transact(...ids);
  await expect.poll(() => waiting.length).toBe(1);
  return {
    promise,
    resume() {
      for (const resume of waiting.splice(0)) resume();
    },
  };
};

test("the SDK gets the reasons of an overlapping transaction and the conflict of a single write", async () => {
  const first = await inProgress("a", "b");

  await expect(transact("c", "b")).rejects.toMatchObject({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
    $metadata: { httpStatusCode: 400 },
  });
  await expect(client.send(new UpdateItemCommand(add("a")))).rejects.toMatchObject({
    name: "TransactionConflictException",
  });
  await client.send(new UpdateItemCommand(add("c")));
  first.resume();
  await first.promise;
});

test("once it has ended, the same items are written", async () => {
  const first = await inProgress("a", "b");
  first.resume();
  await first.promise;

  await client.send(new UpdateItemCommand(add("a")));
});
