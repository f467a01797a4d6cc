import { auditEntry, inOrderOfTime } from "./audit-entry.ts";
import type { TimelineEntry } from "./view-types.ts";

/** The audit lines of the latest orders by order id: the emulator's counterpart of Logs Insights. */
export interface AuditTrail {
  /** Accepts any line of any function; ignores lines that are not audit lines. */
  add(line: Readonly<Record<"source" | "text", string>> & { readonly requestId?: string }): void;
  /** Oldest first; empty for an unknown or evicted order. */
  entriesOf(orderId: string): readonly TimelineEntry[];
  readonly size: number;
}

export interface TrailBounds {
  /** Beyond this, the least recently updated order is evicted. */
  readonly orders?: number;
  /** Per order; beyond this, entries in the middle are dropped. */
  readonly entries?: number;
}

/** `onDecided` gets the time from publishing `order.created` to publishing `order.confirmed` or `order.rejected`. */
export function openAuditTrail(
  { orders: maxOrders = 20_000, entries: maxEntries = 200 }: TrailBounds = {},
  onDecided: (latencyMs: number) => void = () => {},
): AuditTrail {
  const orders = new Map<string, TimelineEntry[]>();
  return {
    add({ source, text, requestId }) {
      const found = auditEntry(text, source);
      if (found === undefined) return;
      const { orderId } = found;
      const entry = requestId === undefined ? found.entry : { requestId, ...found.entry };
      const entries = orders.get(orderId) ?? [];
      const latencyMs = decidedAfterMs(entries, entry);
      if (latencyMs !== undefined) onDecided(latencyMs);
      entries.push(entry);
      if (entries.length > maxEntries) entries.splice(Math.floor(maxEntries / 2), 1);
      // A map keeps insertion order: deleting and setting the key makes it the most recent.
      orders.delete(orderId);
      orders.set(orderId, entries);
      if (orders.size > maxOrders) orders.delete(orders.keys().next().value ?? "");
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
