import type { Faults } from "./fault-switches.ts";

/** A response in place of DynamoDB's. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const SINGLE_WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"]);
const CONFLICT = { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" };

/**
 * Whether a fault applies to a call. A table's name counts anywhere in the body, as a string or a key: batch and
 * transaction calls name their tables in different places.
 */
export const dynamoDbFault = (
  operation: string,
  body: string,
  tables: readonly string[],
  faults: Faults,
): FaultAnswer | undefined => {
  for (const name of tables) {
    if (body.includes(`"${name}"`) && faults.strikes({ kind: "table", name })) return serverError(name);
  }
  const isTransaction = operation === "TransactWriteItems";
  if (!isTransaction && !SINGLE_WRITES.has(operation)) return undefined;
  if (!faults.strikes({ kind: "conflicts" })) return undefined;
  return isTransaction ? cancelledTransaction(body) : conflictingWrite;
};

const serverError = (table: string): FaultAnswer => ({
  status: 500,
  body: {
    __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
    message: `The table ${table} is broken on purpose`,
  },
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const cancelledTransaction = (body: string): FaultAnswer => {
  const { TransactItems = [] } = JSON.parse(body) as { readonly TransactItems?: readonly unknown[] };
  const reasons = TransactItems.map((_, index) => (index === 0 ? CONFLICT : { Code: "None" }));
  const codes = reasons.map(({ Code }) => Code).join(", ");
  return {
    status: 400,
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      CancellationReasons: reasons,
    },
  };
};

const conflictingWrite: FaultAnswer = {
  status: 400,
  body: {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
    message: "Transaction is ongoing for the item",
  },
};
