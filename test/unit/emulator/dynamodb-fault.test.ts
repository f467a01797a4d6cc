import { beforeEach, describe, expect, test } from "vitest";
import { dynamoDbFault } from "../../../lib/emulator/faults/dynamodb-fault.ts";
import { createFaults, type Faults } from "../../../lib/emulator/faults/fault-switches.ts";

const tables = ["orders", "orders-old"];
const put = JSON.stringify({ TableName: "orders", Item: {} });
const transaction = JSON.stringify({
  TransactItems: [{ Put: { TableName: "orders" } }, { Update: { TableName: "orders-old" } }],
});
let faults: Faults;
const fault = (operation: string, body: string) => dynamoDbFault(operation, body, tables, faults);

beforeEach(() => {
  faults = createFaults({ functions: [], tables });
});

test("no call fails without a fault", () => {
  expect(fault("PutItem", put)).toBeUndefined();
  expect(fault("TransactWriteItems", transaction)).toBeUndefined();
});

describe("a broken table", () => {
  test.each([
    ["PutItem", put],
    ["GetItem", JSON.stringify({ TableName: "orders", Key: {} })],
    ["BatchGetItem", JSON.stringify({ RequestItems: { orders: { Keys: [] } } })],
    ["TransactWriteItems", transaction],
  ])("fails %s with a server error", (operation, body) => {
    faults.break("table:orders");

    expect(fault(operation, body)).toMatchObject({
      status: 500,
      body: { __type: expect.stringContaining("InternalServerError") },
    });
  });

  test("does not affect a table whose name has it as a prefix", () => {
    faults.break("table:orders");

    expect(fault("PutItem", JSON.stringify({ TableName: "orders-old" }))).toBeUndefined();
  });
});

describe("conflicts", () => {
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
  test("cancel a transaction with one reason per action", () => {
    faults.break("conflicts");

    const answer = fault("TransactWriteItems", transaction);

    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatchObject({
      __type: expect.stringContaining("#TransactionCanceledException"),
      CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
    });
  });

  test.each(["PutItem", "UpdateItem", "DeleteItem"])("refuse %s", (operation) => {
    faults.break("conflicts");

    expect(fault(operation, put)).toMatchObject({
      status: 400,
      body: { __type: expect.stringContaining("#TransactionConflictException") },
    });
  });

  test.each(["GetItem", "Query", "BatchWriteItem"])("do not affect %s", (operation) => {
    faults.break("conflicts");

    expect(fault(operation, put)).toBeUndefined();
  });
});
