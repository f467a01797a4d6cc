import type { Access, Evidence } from "../consumers/define-consumer.ts";
import { Problem } from "../middleware/problem.ts";
import { type Order, orderIdOfEvent } from "../orders/domain/order.ts";
import { targetOf } from "../publishing/domain/publishers.ts";
import { knownConsumer, reachedBy } from "./domain/effect-check.ts";
import type { ListedMessage } from "./domain/failed-listing.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { Findings } from "./domain/redrive-decision.ts";
import type { InspectPorts } from "./operator-ports.ts";
import type { FailedMessageStore } from "./ports/failed-message-store.ts";

/** Every key of the store matches. DynamoDB refuses an empty or very long key. */
const KEY = /^[\w.:~-]{1,512}$/;

/** Throws a Problem where the key has no row. */
export async function loadFailedMessage(
  ports: { readonly failedMessages: FailedMessageStore },
  failedKey: string,
): Promise<FailedMessage> {
  const row = KEY.test(failedKey) ? await ports.failedMessages.get(failedKey) : undefined;
  if (row !== undefined) return row;
  throw new Problem("FAILED_MESSAGE_NOT_FOUND", {
    detail: `There is no failed message ${failedKey.slice(0, 200)}.`,
  });
}

/** The whole rows of those that have not changed their status or generation since they were listed. */
export async function loadUnchanged(
  ports: { readonly failedMessages: FailedMessageStore },
  listed: readonly ListedMessage[],
): Promise<FailedMessage[]> {
  const rows = await ports.failedMessages.getMany(listed.map(({ failedKey }) => failedKey));
  return listed.flatMap(({ failedKey, status, generation }) => {
    const row = rows.get(failedKey);
    return row?.status === status && row.generation === generation ? [row] : [];
  });
}

/** Throws a Problem if the row was opened again since the operator read it: the decision may be out of date. */
export function requireGeneration(row: FailedMessage, generation: number | undefined): void {
  if (generation === undefined || generation === row.generation) return;
  throw changedProblem(row);
}

export function changedProblem(row: FailedMessage | undefined): Problem {
  const now =
    row === undefined ? "It is gone" : `It is ${row.status} now, generation ${row.generation}${lastAct(row)}`;
  return new Problem("FAILED_MESSAGE_CHANGED", {
    detail: `${now}. Read the message again, then decide.`,
  });
}

/** ` (discard by ada at 2026-01-31T12:00:00.000Z)`, or an empty text for a row without history. */
export function lastAct({ history }: FailedMessage): string {
  const entry = history.at(-1);
  return entry === undefined ? "" : ` (${entry.act} by ${entry.by} at ${entry.at})`;
}

export async function gatherFindings(ports: InspectPorts, row: FailedMessage): Promise<Findings> {
  return {
    evidence: await gatherEvidence(ports, row),
    content: ports.decode(row.body),
    hasTarget: targetOf(row.consumer) === "topic" || ports.sourceQueues[row.consumer] !== undefined,
  };
}

/** The ports that evidence is read from. */
export type EvidencePorts = "orders" | "notifications" | "effectMarks";

const NO_MARKS: ReadonlySet<string> = new Set();

/** The parts of a row that its evidence is found by. */
type Judged = Pick<FailedMessage, "consumer" | "eventId" | "eventType">;

export async function gatherEvidence(
  ports: Pick<InspectPorts, EvidencePorts>,
  row: Judged,
): Promise<Evidence> {
  const orderId = orderIdOfEvent(row.eventId);
  return evidenceWith(ports, row, orderId === undefined ? undefined : ports.orders.get(orderId));
}

/** The evidence of each row; their orders are read at once. */
export async function gatherEvidenceOfMany(
  ports: Pick<InspectPorts, EvidencePorts>,
  rows: readonly Judged[],
): Promise<(row: Judged) => Promise<Evidence>> {
  const orderIds = rows.flatMap(({ eventId }) => orderIdOfEvent(eventId) ?? []);
  const orders = orderIds.length === 0 ? new Map<string, Order>() : await ports.orders.getMany(orderIds);
  return (row) => evidenceWith(ports, row, orders.get(orderIdOfEvent(row.eventId) ?? ""));
}

async function evidenceWith(
  { notifications, effectMarks }: Pick<InspectPorts, EvidencePorts>,
  row: Judged,
  found: Promise<Order | undefined> | Order | undefined,
): Promise<Evidence> {
  if (row.eventId === undefined || orderIdOfEvent(row.eventId) === undefined)
    return { order: undefined, notification: "none", marks: NO_MARKS };
  const consumer = knownConsumer(row);
  const reached = consumer === undefined ? [] : reachedBy(consumer, row);
  const uses = (wanted: Access) => reached.some(({ access }) => access.includes(wanted));
  const [order, notification, marks] = await Promise.all([
    found,
    uses("notifications") ? notifications.state(row.eventId) : ("none" as const),
    uses("effect-once") ? effectMarks.consumersOf(row.eventId) : NO_MARKS,
  ]);
  return { order, notification, marks };
}
