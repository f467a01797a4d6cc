import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { Outcome } from "../../../functions/middleware/outcome.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import type { OrderStockStore } from "../../../functions/orders/ports/order-stock-store.ts";
import { releaseStock } from "../../../functions/orders/release-stock.ts";
import { reserveStock } from "../../../functions/orders/reserve-stock.ts";
import { faulty } from "../../fakes/faulty.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { created, NOW, order } from "../../fixtures/events.ts";

const CRASH = new Error("crash");
type Crash = "none" | "before" | "after";

/** An order and stock store whose next call crashes before or after it is applied. */
function crashing(orderStockStore: OrderStockStore, next: () => Crash): OrderStockStore {
  let crash: Crash = "none";
  return faulty("orderStockStore", orderStockStore, {
    before() {
      crash = next();
      if (crash === "before") throw CRASH;
    },
    after() {
      if (crash === "after") throw CRASH;
    },
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

const pending = order("1");

/**
 * Runs steps against one PENDING order with 5 units in stock: "cancel" is the API's call, the others deliver the
 * event. A negative-acknowledged message is redelivered at the end, as by a queue.
 */
async function run(steps: readonly ("created" | "cancelled")[], cancelAt: number, crashes: readonly Crash[]) {
  const tables = memoryTables(() => NOW);
  await tables.stock.count("TEA-1", 5);
  await tables.orders.place(pending);
  let call = 0;
  const orderStockStore = crashing(tables.orderStockStore, () => crashes[call++] ?? "none");
  const handlers = {
    created: reserveStock({ orderStockStore }),
    cancelled: releaseStock({ orderStockStore }),
  };
  let cancelEvent: OrderEvent | undefined;
  const kinds: Outcome["kind"][] = [];

  const queue = [...steps];
  for (let step = 0; queue.length > 0 && step < 100; step++) {
    if (step === cancelAt || cancelAt >= steps.length) {
      const result = await tables.orders.move(pending.orderId, "CANCELLED", NOW);
      if (result.kind === "found") cancelEvent ??= eventOf(result.order);
    }
    const next = queue.shift();
    if (next === undefined) break;
    // The event does not exist before the order is cancelled.
    if (next === "cancelled" && cancelEvent === undefined) {
      queue.push(next);
      continue;
    }
    const event = next === "created" ? created(pending) : (cancelEvent ?? created(pending));
    const [outcome] = await handlers[next]([event], NOW + 1_000);
    if (outcome?.kind === "retry") queue.push(next);
    else if (outcome !== undefined) kinds.push(outcome.kind);
  }
  const { status, stockHeld } = tables.rows.orders.get(pending.orderId) ?? {};
  return {
    status,
    isHeld: stockHeld === true,
    stock: tables.rows.stock.get("TEA-1"),
    kinds,
    left: queue.length,
  };
}

const CANCELLED = {
  status: "CANCELLED",
  isHeld: false,
  stock: { sku: "TEA-1", onHand: 5, held: 0, available: 5 },
  left: 0,
};

describe("order.created and order.cancelled commute", () => {
  const copies = ["created", "created", "cancelled", "cancelled"] as const;
  const orders = [...new Set(permutations(copies).map((steps) => steps.join(" ")))];

  test.each(orders)(
    "B4, A15: %s ends as CANCELLED with released stock, for any time of the cancel",
    async (text) => {
      const steps = text.split(" ") as ("created" | "cancelled")[];
      for (let cancelAt = 0; cancelAt < steps.length; cancelAt++) {
        expect(await run(steps, cancelAt, [])).toMatchObject(CANCELLED);
      }
    },
  );

  test("D1, D8, D9: also with crashes before and after any call, and any number of duplicates", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("created", "cancelled"), { minLength: 1, maxLength: 8 }),
        fc.nat(8),
        fc.array(fc.constantFrom<Crash[]>("none", "before", "after"), { maxLength: 12 }),
        async (more, at, crashes) => {
          const steps = ["created", "cancelled", ...more] as ("created" | "cancelled")[];

          const end = await run(steps, at % steps.length, crashes);

          expect(end).toMatchObject(CANCELLED);
          expect(end.kinds).not.toContain("park");
        },
      ),
      { numRuns: 300 },
    );
  });
});
