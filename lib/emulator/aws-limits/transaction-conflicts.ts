import type { CallCheck, Refusal } from "../calls/aws-call.ts";
import { actionsOf, type ItemOf } from "./written-items.ts";

const ONGOING = "Transaction is ongoing for the item";
const SINGLE_WRITES: ReadonlySet<string> = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/**
 * Refuses what overlaps with a transaction in progress on an item, which the emulator of DynamoDB executes one after the
 * other instead: another transaction, a single write, a transactional read. Batch writes pass.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export function transactionConflicts(itemOf: ItemOf): CallCheck {
  /** The items of transactions in progress. */
  const held = new Set<string>();
  const tokens = new Set<string>();
  const nameOf = (action: Parameters<ItemOf>[0]) => {
    const item = itemOf(action);
    return item === undefined ? undefined : `${item.table} ${item.key}`;
  };

  return ({ service, operation, input, onEnd }) => {
    if (service !== "dynamodb") return undefined;
    if (SINGLE_WRITES.has(operation)) {
      const name = nameOf(input);
      return name !== undefined && held.has(name) ? conflictingWrite : undefined;
    }
    if (operation !== "TransactWriteItems" && operation !== "TransactGetItems") return undefined;
    const token = operation === "TransactWriteItems" ? input["ClientRequestToken"] : undefined;
    if (typeof token === "string" && tokens.has(token)) return inProgress;
    const names = actionsOf(input).map(nameOf);
    const overlaps = names.map((name) => name !== undefined && held.has(name));
    if (overlaps.includes(true)) return cancelledTransaction(overlaps, "TransactionConflict", ONGOING);
    if (operation === "TransactGetItems") return undefined;
    const own = new Set(names.filter((name) => name !== undefined));
    for (const name of own) held.add(name);
    if (typeof token === "string") tokens.add(token);
    onEnd(() => {
      for (const name of own) held.delete(name);
      if (typeof token === "string") tokens.delete(token);
    });
    return undefined;
  };
}

const conflictingWrite: Refusal = { status: 400, code: "TransactionConflictException", message: ONGOING };

const inProgress: Refusal = {
  status: 400,
  code: "TransactionInProgressException",
  message: "The transaction with the given request token is already in progress.",
};

/** One reason for each action, in their sequence: `code` where it is refused. */
export function cancelledTransaction(isRefused: readonly boolean[], code: string, message: string): Refusal {
  const codes = isRefused.map((refused) => (refused ? code : "None"));
  return {
    status: 400,
    code: "TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    details: {
      CancellationReasons: codes.map((Code) => (Code === "None" ? { Code } : { Code, Message: message })),
    },
  };
}
