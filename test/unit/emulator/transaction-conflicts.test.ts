import { describe, expect, test } from "vitest";
import type { TableSpec } from "../../../lib/emulator/assembly/model.ts";
import { transactionConflicts } from "../../../lib/emulator/aws-limits/transaction-conflicts.ts";
import { itemsOfTables } from "../../../lib/emulator/aws-limits/written-items.ts";
import type { AwsService } from "../../../lib/emulator/calls/aws-call.ts";

const key = (name: string, type: string) => ({ AttributeName: name, KeyType: type });
const TABLES: readonly TableSpec[] = [
  { name: "stock", createInput: { KeySchema: [key("sku", "HASH")] } },
  { name: "mails", createInput: { KeySchema: [key("at", "RANGE"), key("id", "HASH")] } },
];
const onStock = (sku: string) => ({ TableName: "stock", Key: { sku: { S: sku } } });

function openCheck() {
  const check = transactionConflicts(itemsOfTables(TABLES));
  return (operation: string, input: object, service: AwsService = "dynamodb") => {
    let end = () => {};
    const refusal = check({
      service,
      operation,
      input: { ...input },
      accessKeyId: undefined,
      onEnd: (listener) => {
        end = listener;
      },
    });
    return { refusal, end: () => end() };
  };
}
const transaction = (...actions: object[]) => ({ TransactItems: actions });
const codes = (refusal: unknown) =>
  (
    refusal as { details?: { CancellationReasons?: { Code: string }[] } } | undefined
  )?.details?.CancellationReasons?.map(({ Code }) => Code);

describe("a transaction in progress on an item", () => {
  test("refuses another one, with a reason for each action", () => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Update: onStock("A") }));

    const { refusal } = call(
      "TransactWriteItems",
      transaction({ Update: onStock("B") }, { ConditionCheck: onStock("A") }, { Delete: onStock("C") }),
    );

    expect(refusal).toMatchObject({
      status: 400,
      code: "TransactionCanceledException",
      message: expect.stringContaining("[None, TransactionConflict, None]"),
    });
    expect(codes(refusal)).toEqual(["None", "TransactionConflict", "None"]);
  });

  test.each(["PutItem", "UpdateItem", "DeleteItem"])("refuses %s", (operation) => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Update: onStock("A") }));
    const input =
      operation === "PutItem"
        ? { TableName: "stock", Item: { sku: { S: "A" }, onHand: { N: "1" } } }
        : onStock("A");

    expect(call(operation, input).refusal).toMatchObject({
      status: 400,
      code: "TransactionConflictException",
    });
  });

  test("refuses a transactional read, and no other", () => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Put: { TableName: "stock", Item: { sku: { S: "A" } } } }));

    expect(codes(call("TransactGetItems", transaction({ Get: onStock("A") })).refusal)).toEqual([
      "TransactionConflict",
    ]);
    expect(call("GetItem", onStock("A")).refusal).toBeUndefined();
  });

  test("refuses nothing once it has ended", () => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Update: onStock("A") })).end();

    expect(call("TransactWriteItems", transaction({ Update: onStock("A") })).refusal).toBeUndefined();
  });

  test("refuses itself while its first attempt runs, by its token", () => {
    const call = openCheck();
    const input = { ...transaction({ Update: onStock("A") }), ClientRequestToken: "t" };
    const first = call("TransactWriteItems", input);

    expect(call("TransactWriteItems", input).refusal).toMatchObject({
      code: "TransactionInProgressException",
    });
    first.end();
    expect(call("TransactWriteItems", input).refusal).toBeUndefined();
  });
});

describe("no conflict", () => {
  test.each([
    ["another item", onStock("B")],
    ["the same key in another table", { TableName: "mails", Key: { id: { S: "A" }, at: { S: "1" } } }],
    ["a table that is not known", { TableName: "other", Key: { sku: { S: "A" } } }],
  ])("has %s", (_, action) => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Update: onStock("A") }));

    expect(call("TransactWriteItems", transaction({ Update: action })).refusal).toBeUndefined();
  });

  test("have single writes among each other, nor a transaction that was refused", () => {
    const call = openCheck();
    call("UpdateItem", onStock("A"));
    expect(call("UpdateItem", onStock("A")).refusal).toBeUndefined();
    call("TransactWriteItems", transaction({ Update: onStock("A") }));
    call("TransactWriteItems", transaction({ Update: onStock("A") }, { Update: onStock("B") }));

    expect(call("UpdateItem", onStock("B")).refusal).toBeUndefined();
  });

  test("has another service", () => {
    const call = openCheck();
    call("TransactWriteItems", transaction({ Update: onStock("A") }));

    expect(call("PutItem", onStock("A"), "sqs").refusal).toBeUndefined();
  });
});

test("the key of an item is that of all its key attributes, in any sequence, by name or ARN of the table", () => {
  const itemOf = itemsOfTables(TABLES);
  const Key = { at: { S: "1" }, id: { S: "x" } };
  const Item = { id: { S: "x" }, sent: { BOOL: true }, at: { S: "1" } };

  const named = itemOf({ TableName: "mails", Key });
  const put = itemOf({ TableName: "arn:aws:dynamodb:eu-central-1:000000000000:table/mails", Item });

  expect(named).toMatchObject({ table: "mails", partition: '{"S":"x"}' });
  expect(put).toEqual({ ...named, put: Item });
});
