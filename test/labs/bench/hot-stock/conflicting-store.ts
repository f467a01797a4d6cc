import { retryOnConflict } from "../../../../functions/adapters/dynamodb-client.ts";
import type { Clock } from "../../../../functions/middleware/clock.ts";
import type { ReservationPlan } from "../../../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../../../functions/orders/ports/order-stock-store.ts";

/** How long calls of DynamoDB take, and how the stock is written. */
export interface StoreTimes {
  readonly transactionMs: number;
  /** Until a refusal is answered. The transaction holds its free items until then, as DynamoDB prepares them. */
  readonly refusalMs: number;
  /** Rows that each SKU is split over; a transaction takes from one of them. */
  readonly rowsOfSku: number;
  /**
   * `transaction`: orders and stock together, as deployed. `single`: an update for each SKU, then one for each order.
   * Single updates of one item wait for each other and are never refused; what they leave half done is not modelled.
   */
  readonly writes: "transaction" | "single";
}

export interface ConflictingStore extends OrderStockStore {
  /** Calls so far, and those of them that were refused for a conflict. */
  readonly calls: { made: number; refused: number };
}

const SINGLE_WRITE_MS = 5;
/** One item takes 1,000 writes a second. */
const ITEM_MS = 1;

/** Adds DynamoDB's times and its refusal of overlapping transactions to a store, on the clock of a model. */
export function conflictingStore(inner: OrderStockStore, clock: Clock, times: StoreTimes): ConflictingStore {
  const held = new Set<string>();
  const freeAt = new Map<string, number>();
  const calls = { made: 0, refused: 0 };
  const spread = (ms: number) => clock.sleep(ms * (0.8 + 0.4 * clock.random()));
  const hold = (items: readonly string[]) => {
    for (const item of items) held.add(item);
    return () => {
      for (const item of items) held.delete(item);
    };
  };

  async function transaction<T>(items: readonly string[], apply: () => Promise<T>): Promise<T> {
    calls.made++;
    const free = items.filter((item) => !held.has(item));
    const release = hold(free);
    try {
      if (free.length < items.length) {
        calls.refused++;
        await spread(times.refusalMs);
        throw Object.assign(new Error("Transaction is ongoing for the item"), {
          name: "TransactionConflictException",
        });
      }
      await spread(times.transactionMs);
      return await apply();
    } finally {
      release();
    }
  }

  async function singleWrites(items: readonly string[]): Promise<void> {
    await Promise.all(
      items.map(async (item) => {
        calls.made++;
        const starts = Math.max(clock.now(), freeAt.get(item) ?? 0);
        freeAt.set(item, starts + ITEM_MS);
        await clock.sleep(starts - clock.now());
        await spread(SINGLE_WRITE_MS);
      }),
    );
  }

  const ordersOf = ({ confirm, reject }: ReservationPlan) =>
    [...confirm, ...reject.map(({ order }) => order)].map(({ orderId }) => orderId);
  const rowsOf = ({ take }: ReservationPlan) =>
    [...take.keys()].map((sku) => `${sku}#${Math.floor(clock.random() * times.rowsOfSku)}`);

  return {
    calls,
    async reserve(plan, deadline) {
      if (times.writes === "transaction") {
        const items = [...ordersOf(plan), ...rowsOf(plan)];
        return retryOnConflict(clock, deadline, () =>
          transaction(items, () => inner.reserve(plan, deadline)),
        );
      }
      await singleWrites(rowsOf(plan));
      await singleWrites(ordersOf(plan));
      return inner.reserve(plan, deadline);
    },
    release: () => Promise.reject(new Error("The model reserves only.")),
  };
}
