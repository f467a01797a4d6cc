import { FAILED_LISTING } from "../../functions/contract/failures.ts";
import { LIMITS } from "../../functions/contract/limits.ts";
import { sourcesOf } from "../../functions/contract/order-status.ts";
import type { OrderEvent, StockView } from "../../functions/contract/schemas.ts";
import { type ListingProgress, placeOf } from "../../functions/failures/domain/failed-listing.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { pick } from "../../functions/failures/domain/pick.ts";
import type { FailedMessageStore } from "../../functions/failures/ports/failed-message-store.ts";
import type { FeedbackKind } from "../../functions/orders/domain/feedback.ts";
import { eventOfChange, type Order } from "../../functions/orders/domain/order.ts";
import type { OrderImage, OrderLines } from "../../functions/orders/domain/plan-reservations.ts";
import type { Notifications } from "../../functions/orders/ports/notifications.ts";
import type { Commit, OrderStockStore } from "../../functions/orders/ports/order-stock-store.ts";
import type { OrderStore } from "../../functions/orders/ports/order-store.ts";
import type { StockStore } from "../../functions/orders/ports/stock-store.ts";
import type { Suppressions } from "../../functions/orders/ports/suppressions.ts";
import { isPublisher } from "../../functions/publishing/domain/publishers.ts";
import { type MemoryEffects, memoryEffects } from "./memory-effects.ts";
import { memoryPut } from "./memory-put.ts";
import { memorySuppressions, type SuppressionRow } from "./memory-suppressions.ts";

const LISTED = ["failedKey", "status", "dueAt", ...FAILED_LISTING.projected] as const;

/** One change of an order row, as in the table's stream. */
export interface Change {
  readonly before: Order | undefined;
  readonly after: Order;
}

/** The tables in memory. Each port call is atomic, because it has no await. */
export interface MemoryTables extends Omit<MemoryEffects, "rows"> {
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly orderStockStore: OrderStockStore;
  readonly notifications: Notifications;
  readonly suppressions: Suppressions;
  readonly failedMessages: FailedMessageStore;
  readonly rows: MemoryEffects["rows"] & {
    readonly orders: Map<string, Order>;
    readonly stock: Map<string, StockView>;
    readonly mails: Map<string, "sending" | "sent" | "skipped">;
    readonly feedback: Map<string, FeedbackKind>;
    readonly suppressed: Map<string, SuppressionRow>;
    readonly failed: Map<string, FailedMessage>;
  };
  /** All changes of order rows, in order. */
  readonly changes: Change[];
}

/** The events of all status transitions so far. */
export function eventsOf(tables: MemoryTables): OrderEvent[] {
  return tables.changes.flatMap(({ before, after }) => eventOfChange(before, after) ?? []);
}

export function memoryTables(now: () => number): MemoryTables {
  const orders = new Map<string, Order>();
  const stock = new Map<string, StockView>();
  const mails = new Map<string, "sending" | "sent" | "skipped">();
  /** Absent for claims of a test. */
  const claimedAt = new Map<string, number>();
  const feedback = new Map<string, FeedbackKind>();
  const suppressed = new Map<string, SuppressionRow>();
  const failed = new Map<string, FailedMessage>();
  const progress = new Map<string, ListingProgress>();
  const changes: Change[] = [];
  const effects = memoryEffects(now);

  function write(after: Order): void {
    changes.push({ before: orders.get(after.orderId), after });
    orders.set(after.orderId, after);
  }

  /** Applies the writes if every condition holds; otherwise returns the rows whose conditions failed. */
  function transact(
    onOrders: readonly { order: OrderLines; holds: (row: Order) => boolean; next: (row: Order) => Order }[],
    onStock: ReadonlyMap<string, number>,
    side: "available" | "held",
  ): Commit {
    // DynamoDB refuses two actions on one item, and more than 100 in one transaction.
    const ids = new Set(onOrders.map(({ order }) => order.orderId));
    if (ids.size < onOrders.length || onOrders.length + onStock.size > LIMITS.transactionActions) {
      return { kind: "invalid", error: new Error("This is not a transaction.") };
    }
    const images = { orders: new Map<string, OrderImage>(), stock: new Map<string, number | undefined>() };
    for (const { order, holds } of onOrders) {
      const row = orders.get(order.orderId);
      if (row === undefined || row.linesDigest !== order.linesDigest || !holds(row))
        images.orders.set(order.orderId, row);
    }
    for (const [sku, units] of onStock) {
      const row = stock.get(sku);
      if (row === undefined || row[side] < units) images.stock.set(sku, row?.[side]);
    }
    if (images.orders.size + images.stock.size > 0) return { kind: "refused", images };
    for (const { order, next } of onOrders) write(next(orders.get(order.orderId) as Order));
    for (const [sku, units] of onStock) {
      const row = stock.get(sku) as StockView;
      const moved = side === "available" ? units : -units;
      stock.set(sku, { ...row, available: row.available - moved, held: row.held + moved });
    }
    return { kind: "committed" };
  }

  const decided = (row: Order, change: Partial<Order>): Order => ({
    ...row,
    ...change,
    version: row.version + 1,
    updatedAt: new Date(now()).toISOString(),
  });

  return {
    ...effects,
    rows: { orders, stock, mails, feedback, suppressed, failed, ...effects.rows },
    changes,
    orders: {
      async place(order) {
        const row = orders.get(order.orderId);
        if (row !== undefined) return { kind: "exists", order: row };
        write(order);
        return { kind: "placed" };
      },
      async move(orderId, to) {
        const row = orders.get(orderId);
        if (row === undefined) return { kind: "unknown" };
        if (!sourcesOf(to).includes(row.status)) return { kind: "found", order: row };
        const next = decided(row, { status: to });
        write(next);
        return { kind: "found", order: next };
      },
      async get(orderId) {
        return orders.get(orderId);
      },
      async getMany(ids) {
        return new Map(
          ids.flatMap((id) => {
            const row = orders.get(id);
            return row === undefined ? [] : [[id, row] as const];
          }),
        );
      },
    },
    stock: {
      async get(sku) {
        return stock.get(sku);
      },
      async count(sku, onHand) {
        const held = stock.get(sku)?.held ?? 0;
        if (held > onHand) return { kind: "below-held" };
        const row = { sku, onHand, held, available: onHand - held };
        stock.set(sku, row);
        return { kind: "counted", stock: row };
      },
    },
    orderStockStore: {
      async reserve({ confirm, reject, take }) {
        const isPending = (row: Order) => row.status === "PENDING";
        return transact(
          [
            ...confirm.map((order) => ({
              order,
              holds: isPending,
              next: (row: Order) => decided(row, { status: "CONFIRMED", stockHeld: true }),
            })),
            ...reject.map(({ order, reason }) => ({
              order,
              holds: isPending,
              next: (row: Order) => decided(row, { status: "REJECTED", reason }),
            })),
          ],
          take,
          "available",
        );
      },
      async release({ release, restore }) {
        return transact(
          release.map((order) => ({
            order,
            holds: (row: Order) => row.status === "CANCELLED" && row.stockHeld === true,
            next: (row: Order) => ({ ...row, stockHeld: false }),
          })),
          restore,
          "held",
        );
      },
    },
    notifications: {
      async claim(eventId, at) {
        const state = mails.get(eventId);
        if (state === undefined) {
          mails.set(eventId, "sending");
          claimedAt.set(eventId, at);
        }
        return state ?? "claimed";
      },
      async skip(eventId) {
        const state = mails.get(eventId) ?? "skipped";
        mails.set(eventId, state);
        return state;
      },
      async markSent(eventId) {
        mails.set(eventId, "sent");
      },
      async recordFeedback(eventId, kind) {
        const isNew = feedback.get(eventId) !== kind;
        mails.set(eventId, "sent");
        feedback.set(eventId, kind);
        return isNew;
      },
      async release(eventId, at) {
        const isOwn = (claimedAt.get(eventId) ?? at) === at;
        if (mails.get(eventId) === "sending" && isOwn) mails.delete(eventId);
      },
      async revokeClaim(eventId, claimedBefore) {
        if (mails.get(eventId) === "sent") return "sent";
        if (mails.get(eventId) === "skipped") return "revoked";
        if (mails.has(eventId) && (claimedAt.get(eventId) ?? 0) > claimedBefore) return "claimed recently";
        mails.delete(eventId);
        return "revoked";
      },
      async state(eventId) {
        const state = mails.get(eventId) ?? "skipped";
        return state === "skipped" ? "none" : state;
      },
    },
    suppressions: memorySuppressions(suppressed),
    failedMessages: {
      async get(failedKey) {
        return failed.get(failedKey);
      },
      async put(row, expectedRevision) {
        return memoryPut(failed, row.failedKey, row, expectedRevision);
      },
      async getMany(failedKeys) {
        const found = failedKeys.flatMap((key) => failed.get(key) ?? []);
        return new Map(found.map((row) => [row.failedKey, row]));
      },
      async list(status, { dueBefore, limit, order = "oldest", of, cursor }) {
        const sign = order === "oldest" ? 1 : -1;
        const isBehind = (place: string) => cursor === undefined || (place > cursor ? sign : -sign) > 0;
        const rows = [...failed.values()]
          .filter((row) => row.status === status && (dueBefore === undefined || row.dueAt <= dueBefore))
          .filter(({ consumer }) => of === undefined || isPublisher(consumer))
          .filter((row) => placeOf(row) !== cursor && isBehind(placeOf(row)))
          .sort((one, other) => (placeOf(one) < placeOf(other) ? -sign : sign));
        const page = rows.slice(0, limit).map((row) => pick(row, LISTED));
        const last = page.at(-1);
        return rows.length > limit && last !== undefined
          ? { rows: page, cursor: placeOf(last) }
          : { rows: page };
      },
      async readProgress(step) {
        return progress.get(step);
      },
      async saveProgress(step, saved) {
        progress.set(step, saved);
      },
    },
  };
}
