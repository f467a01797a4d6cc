import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../middleware/clock.ts";
import type { Reservation } from "../orders/domain/plan-reservations.ts";
import type { Commit, Ledger } from "../orders/ports/order-stock-store.ts";
import { isConflict, untilNoConflict } from "./dynamodb-conflicts.ts";
import { imagesOf, type Refusal } from "./order-stock-images.ts";

interface Tables {
  readonly orders: string;
  readonly stock: string;
}

/** One action on one row, and which row it is. */
interface Action {
  readonly row: { readonly orderId: string } | { readonly sku: string };
  readonly update: Update;
}

export function dynamoDbLedger(client: DynamoDBClient, tables: Tables, clock: Clock): Ledger {
  return {
    reserve: ({ confirm, reject, take }, deadline) =>
      commit(
        [
          ...confirm.map((order) =>
            decide(order, "CONFIRMED", ", stockHeld = :held", { ":held": { BOOL: true } }),
          ),
          ...reject.map(({ order, reason }) =>
            decide(order, "REJECTED", ", #reason = :reason", {
              ":reason": { M: { code: { S: reason.code }, sku: { S: reason.sku } } },
            }),
          ),
          ...[...take].map(([sku, units]) => move(sku, units, "available", "held")),
        ],
        "available",
        deadline,
      ),
    release: ({ release, giveBack }, deadline) =>
      commit(
        [
          ...release.map(letGo),
          ...[...giveBack].map(([sku, units]) => move(sku, units, "held", "available")),
        ],
        "held",
        deadline,
      ),
  };

  /** A PENDING order gets the status that was decided: one transition, so the version goes up. */
  function decide(
    order: Reservation,
    status: string,
    also: string,
    values: Update["ExpressionAttributeValues"],
  ): Action {
    const hasReason = also.includes("#reason");
    return onOrder(order.orderId, {
      UpdateExpression: `SET #status = :to, #version = #version + :one, updatedAt = :at${also}`,
      ConditionExpression: "#status = :from AND linesDigest = :digest",
      ExpressionAttributeNames: {
        "#status": "status",
        "#version": "version",
        ...(hasReason ? { "#reason": "reason" } : {}),
      },
      ExpressionAttributeValues: {
        ":from": { S: "PENDING" },
        ":to": { S: status },
        ":digest": { S: order.linesDigest },
        ":one": { N: "1" },
        ":at": { S: new Date(clock.now()).toISOString() },
        ...values,
      },
    });
  }

  /** The status stays, so the version does, and no event comes of it. */
  function letGo(order: Reservation): Action {
    return onOrder(order.orderId, {
      UpdateExpression: "SET stockHeld = :no",
      ConditionExpression: "#status = :cancelled AND linesDigest = :digest AND stockHeld = :yes",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":cancelled": { S: "CANCELLED" },
        ":digest": { S: order.linesDigest },
        ":yes": { BOOL: true },
        ":no": { BOOL: false },
      },
    });
  }

  function onOrder(orderId: string, update: Omit<Update, "Key" | "TableName">): Action {
    const Key = { orderId: { S: orderId } };
    return {
      row: { orderId },
      update: { TableName: tables.orders, Key, ...imageOnFailure, ...update } as Update,
    };
  }

  /** Units move from one side of a stock row to the other; `onHand` is their sum and stays. */
  function move(sku: string, units: number, from: string, to: string): Action {
    return {
      row: { sku },
      update: {
        TableName: tables.stock,
        Key: { sku: { S: sku } },
        UpdateExpression: `SET ${from} = ${from} - :units, ${to} = ${to} + :units`,
        ConditionExpression: `${from} >= :units`,
        ExpressionAttributeValues: { ":units": { N: String(units) } },
        ...imageOnFailure,
      },
    };
  }

  /** `side`: where the stock actions take their units from. */
  async function commit(
    actions: readonly Action[],
    side: "available" | "held",
    deadline: number,
  ): Promise<Commit> {
    try {
      await untilNoConflict(clock, deadline, () => write(client, actions), meetsConflict);
      return { kind: "committed" };
    } catch (error) {
      const refusals = refusalsOf(error, actions);
      if (refusals.length > 0) return { kind: "refused", images: imagesOf(refusals, side) };
      if (isInvalid(error)) return { kind: "invalid", error };
      throw error;
    }
  }
}

const imageOnFailure = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

/** One action costs half as a plain update of what it costs in a transaction. */
async function write(client: DynamoDBClient, actions: readonly Action[]): Promise<void> {
  const [only] = actions;
  if (actions.length === 1 && only !== undefined) {
    await client.send(new UpdateItemCommand(only.update));
    return;
  }
  await client.send(
    new TransactWriteItemsCommand({ TransactItems: actions.map(({ update }) => ({ Update: update })) }),
  );
}

/** The rows whose condition failed; reasons stand in the order of the actions. */
function refusalsOf(error: unknown, actions: readonly Action[]): Refusal[] {
  if (error instanceof ConditionalCheckFailedException) {
    return actions.map(({ row }) => ({ row, image: error.Item }));
  }
  if (!(error instanceof TransactionCanceledException)) return [];
  const reasons = error.CancellationReasons ?? [];
  return actions.flatMap(({ row }, i) =>
    reasons[i]?.Code === "ConditionalCheckFailed" ? [{ row, image: reasons[i]?.Item }] : [],
  );
}

/** Conflicts, and nothing that a condition has decided. */
function meetsConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return isConflict((error as Error | undefined)?.name);
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return !codes.includes("ConditionalCheckFailed") && codes.some(isConflict);
}

function isInvalid(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === "ValidationError");
  }
  return (error as Error | undefined)?.name === "ValidationException";
}
