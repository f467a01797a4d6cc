import { auditEntry, inOrderOfTime } from "./audit-entry.ts";
import type { TimelineEntry } from "./view-types.ts";

/** The audit lines of the latest orders, found by order id: what Logs Insights is to a deployment. */
export interface AuditTrail {
  /** Takes any line of any function; those that are no audit lines are passed over. */
  add(line: { readonly source: string; readonly text: string }): void;
  /** Oldest first; none for an order that is not known, or not any more. */
  entriesOf(orderId: string): readonly TimelineEntry[];
  readonly size: number;
}

export interface TrailBounds {
  /** The order that was heard of least lately is forgotten beyond this. */
  readonly orders?: number;
  /** Of one order; its first lines are kept, and the last ones. */
  readonly entries?: number;
}

/** `onDecided` is told how long an order took from the publishing of its creation to that of its outcome. */
export function openAuditTrail(
  { orders: mostOrders = 20_000, entries: mostEntries = 200 }: TrailBounds = {},
  onDecided: (latencyMs: number) => void = () => {},
): AuditTrail {
  const orders = new Map<string, TimelineEntry[]>();
  return {
    add({ source, text }) {
      const found = auditEntry(text, source);
      if (found === undefined) return;
      const { orderId, entry } = found;
      const entries = orders.get(orderId) ?? [];
      const latencyMs = decidedAfterMs(entries, entry);
      if (latencyMs !== undefined) onDecided(latencyMs);
      entries.push(entry);
      if (entries.length > mostEntries) entries.splice(Math.floor(mostEntries / 2), 1);
      // A map keeps its keys in the order they came: taken out and put in again, the order is the latest.
      orders.delete(orderId);
      orders.set(orderId, entries);
      if (orders.size > mostOrders) orders.delete(orders.keys().next().value ?? "");
    },
    entriesOf: (orderId) => inOrderOfTime(orders.get(orderId) ?? []),
    get size() {
      return orders.size;
    },
  };
}

const DECISIONS: readonly unknown[] = ["order.confirmed", "order.rejected"];

function decidedAfterMs(before: readonly TimelineEntry[], entry: TimelineEntry): number | undefined {
  if (!isPublished(entry) || !DECISIONS.includes(entry.type)) return undefined;
  const created = before.find((each) => isPublished(each) && each.type === "order.created");
  const isFirst = !before.some((each) => isPublished(each) && each.type === entry.type);
  return created === undefined || !isFirst ? undefined : Math.max(0, entry.at - created.at);
}

const isPublished = ({ source, outcome }: TimelineEntry) =>
  source === "publish-events" && outcome === "published";
