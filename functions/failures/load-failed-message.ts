import { Problem } from "../middleware/problem.ts";
import { orderIdOfEvent } from "../orders/domain/order.ts";
import type { Evidence } from "./domain/effect-check.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { Findings } from "./domain/redrive-decision.ts";
import type { LookPorts } from "./operator-ports.ts";
import type { FailedMessages } from "./ports/failed-message-store.ts";

/** What every key of the store matches; DynamoDB refuses to look up an empty or very long one. */
const KEY = /^[\w.:~-]{1,512}$/;

/** The row of a key. Throws a Problem where there is none. */
export async function existingRow(
  ports: { readonly failedMessages: FailedMessages },
  failedKey: string,
): Promise<FailedMessage> {
  const row = KEY.test(failedKey) ? await ports.failedMessages.get(failedKey) : undefined;
  if (row !== undefined) return row;
  throw new Problem("FAILED_MESSAGE_NOT_FOUND", {
    detail: `Nothing failed under ${failedKey.slice(0, 200)}.`,
  });
}

/** Throws a Problem if somebody acted since the operator looked: what the operator decided may be wrong by now. */
export function refuseOther(row: FailedMessage, generation: number | undefined): void {
  if (generation === undefined || generation === row.generation) return;
  throw changed(row.failedKey, row);
}

export function changed(failedKey: string, row: FailedMessage | undefined): Problem {
  const now = row === undefined ? "It is gone" : `It is ${row.status} now, of generation ${row.generation}`;
  return new Problem("FAILED_MESSAGE_CHANGED", {
    detail: `${now}. Look at ${failedKey} again, then decide.`,
  });
}

/** What can be known of a row before anybody acts on it. */
export async function examine(ports: LookPorts, row: FailedMessage): Promise<Findings> {
  return {
    evidence: await evidenceFor(ports, row),
    content: ports.decode(row.body),
    hasTarget: row.consumer === "publish-events" || ports.sourceQueues[row.consumer] !== undefined,
  };
}

/** What the tables say about the effect of one failed message. */
export async function evidenceFor(
  { orders, notifications }: Pick<LookPorts, "orders" | "notifications">,
  row: FailedMessage,
): Promise<Evidence> {
  const orderId = orderIdOfEvent(row.eventId);
  if (orderId === undefined || row.eventId === undefined) return { order: undefined, notification: "none" };
  const isMail = row.consumer === "notify-customer" || row.consumer === "publish-events";
  const [order, notification] = await Promise.all([
    orders.get(orderId),
    isMail ? notifications.state(row.eventId) : ("none" as const),
  ]);
  return { order, notification };
}
