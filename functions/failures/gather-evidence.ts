import type { Access, Evidence } from "../consumers/define-consumer.ts";
import { type Order, orderIdOfEvent } from "../orders/domain/order.ts";
import { targetOf } from "../publishing/domain/publishers.ts";
import { type Judged, knownConsumer, reachedBy } from "./domain/effect-check.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { Findings } from "./domain/redrive-decision.ts";
import type { InspectPorts } from "./operator-ports.ts";

/** All that a decision about a failed message depends on. */
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
