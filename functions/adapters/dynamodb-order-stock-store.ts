import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../middleware/clock.ts";
import type { Images, OrderImage, OrderLines } from "../orders/domain/plan-reservations.ts";
import type { Commit, OrderStockStore } from "../orders/ports/order-stock-store.ts";
import { isTransient, readRow, retryOnConflict } from "./dynamodb-client.ts";
import { NO_LONGER_UNFINISHED, orderFromRow, type Row } from "./order-row.ts";

interface Tables {
  readonly orders: string;
  readonly stock: string;
}

/** One update in a transaction, and its row. */
interface Action {
  readonly row: { readonly orderId: string } | { readonly sku: string };
  readonly update: Update;
}

export function dynamoDbOrderStockStore(
  client: DynamoDBClient,
  tables: Tables,
  clock: Clock,
): OrderStockStore {
  return {
    reserve: ({ confirm, reject, take }, deadline) =>
      commit(
        [
          ...confirm.map((order) =>
            setStatus(order, "CONFIRMED", ", stockHeld = :held", { ":held": { BOOL: true } }),
          ),
          ...reject.map(({ order, reason }) =>
            setStatus(order, "REJECTED", ", #reason = :reason", {
              ":reason": { M: { code: { S: reason.code }, sku: { S: reason.sku } } },
            }),
          ),
          ...[...take].map(([sku, units]) => moveUnits(sku, units, "available", "held")),
        ],
        "available",
        deadline,
      ),
    release: ({ release, restore }, deadline) =>
      commit(
        [
          ...release.map(releaseOrder),
          ...[...restore].map(([sku, units]) => moveUnits(sku, units, "held", "available")),
        ],
        "held",
        deadline,
      ),
  };

  /** One transition of a PENDING order, so the version increases. */
  function setStatus(
    order: OrderLines,
    status: string,
    also: string,
    values: Update["ExpressionAttributeValues"],
  ): Action {
    const hasReason = also.includes("#reason");
    return onOrder(order.orderId, {
      UpdateExpression: `SET #status = :to, #version = #version + :one, updatedAt = :at${also} ${NO_LONGER_UNFINISHED}`,
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

  /** No transition: status and version stay, and no event is emitted. */
  function releaseOrder(order: OrderLines): Action {
    return onOrder(order.orderId, {
      UpdateExpression: `SET stockHeld = :no ${NO_LONGER_UNFINISHED}`,
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

  /** `onHand` is the sum of both sides and stays. */
  function moveUnits(sku: string, units: number, from: string, to: string): Action {
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

  /** `side`: the attribute that the stock actions take their units from. */
  async function commit(
    actions: readonly Action[],
    side: "available" | "held",
    deadline: number,
  ): Promise<Commit> {
    try {
      await retryOnConflict(clock, deadline, () => write(client, actions), isConflictError);
      return { kind: "committed" };
    } catch (error) {
      const refusals = refusalsOf(error, actions);
      const damage = damageIn(refusals, side);
      if (damage !== undefined) return { kind: "invalid", error: damage };
      if (refusals.length > 0) return { kind: "refused", images: imagesOf(refusals, side) };
      if (isInvalid(error)) return { kind: "invalid", error };
      throw error;
    }
  }
}

const imageOnFailure = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

/** A plain update costs half of a transaction with one action. */
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

/** The rows whose condition failed; the reasons are in the sequence of the actions. */
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

/** Only conflicts: a failed condition is final. */
function isConflictError(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException))
    return isTransient((error as Error | undefined)?.name);
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return !codes.includes("ConditionalCheckFailed") && codes.some(isTransient);
}

function isInvalid(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === "ValidationError");
  }
  return (error as Error | undefined)?.name === "ValidationException";
}

/** A row whose condition failed; no image where the row does not exist. */
export interface Refusal {
  readonly row: { readonly orderId: string } | { readonly sku: string };
  readonly image: Row | undefined;
}

/** The error of a stock row without a number on the side that the write takes from: no condition on it can ever hold. */
function damageIn(refusals: readonly Refusal[], side: "available" | "held"): Error | undefined {
  for (const { row, image } of refusals) {
    if (!("sku" in row) || !exists(image) || typeof readRow(image)[side] === "number") continue;
    return new Error(
      `The stock row of ${row.sku} has no number in ${side}. Count the stock: PUT /stock/${row.sku}.`,
    );
  }
  return undefined;
}

const exists = (image: Row | undefined): image is Row => image !== undefined && Object.keys(image).length > 0;

/** `side`: the attribute that the write takes units from. */
function imagesOf(refusals: readonly Refusal[], side: "available" | "held"): Images {
  const orders = new Map<string, OrderImage>();
  const stock = new Map<string, number | undefined>();
  for (const { row, image } of refusals) {
    if ("orderId" in row) orders.set(row.orderId, exists(image) ? orderFromRow(image) : undefined);
    else stock.set(row.sku, exists(image) ? Number(readRow(image)[side]) : undefined);
  }
  return { orders, stock };
}
