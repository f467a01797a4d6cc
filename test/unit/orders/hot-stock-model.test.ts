import { describe, expect, test } from "vitest";
import type { OrderLines } from "../../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../../functions/orders/ports/order-stock-store.ts";
import { oneSku, uniform, zipf } from "../../labs/bench/hot-stock/demand.ts";
import { AS_DEPLOYED, auditOf, runHotStock, type Setup } from "../../labs/bench/hot-stock/hot-stock-model.ts";

const run = (changes: Partial<Setup>) =>
  runHotStock({ ...AS_DEPLOYED, demand: zipf(1_000), seconds: 2, ...changes });

describe("the model of hot stock", () => {
  test("has the same result for the same seed, and another one for another", async () => {
    const [first, second, other] = await Promise.all([run({}), run({}), run({ seed: 2 })]);

    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("refuses what overlaps: nothing of one poller, much of ten on one SKU, little on a million", async () => {
    expect((await run({ demand: oneSku, pollers: 1 })).refused).toBe(0);
    const hot = await run({ demand: oneSku });
    const cold = await run({ demand: uniform(1_000_000) });

    expect(hot.refused).toBeGreaterThan(0.3);
    expect(cold.refused).toBeLessThan(0.1);
    expect(cold.decidedPerSecond).toBeGreaterThan(3 * hot.decidedPerSecond);
  });

  test("never has more transactions on one SKU than fit into its time", async () => {
    const { decidedPerSecond } = await run({ demand: oneSku, pollers: 50 });

    // Ten orders in 12 ms at the shortest.
    expect(decidedPerSecond).toBeLessThanOrEqual(10_000 / (0.8 * AS_DEPLOYED.transactionMs));
  });

  test.each([
    ["the default", {}],
    ["large batches", { pollers: 2, batchSize: 200 }],
  ])("decides as one order after the other where stock is scarce, with %s", async (_, changes) => {
    const { rejected, unequal } = await run({ onHand: 40, ...changes });

    expect(rejected).toBeGreaterThan(100);
    expect(unequal).toBe(0);
  });

  test("waits for the window at rest", async () => {
    const atRest = { ordersPerSecond: 2, seconds: 30 };

    expect((await run(atRest)).waitMs.median).toBeLessThan(50);
    expect((await run({ ...atRest, windowMs: 1_000 })).waitMs.median).toBeGreaterThan(500);
  });
});

test("the audit of decisions finds an order that was rejected with stock left, and one that was confirmed without", async () => {
  const committed: OrderStockStore = {
    reserve: async () => ({ kind: "committed" }),
    release: async () => ({ kind: "committed" }),
  };
  const order = (orderId: string): OrderLines => ({
    orderId,
    lines: [{ sku: "A", quantity: 1, unitPrice: 1 }],
    linesDigest: "",
  });
  const [first, second] = [order("first"), order("second")];
  const unequal = async (confirm: readonly OrderLines[], reject: readonly OrderLines[], onHand: number) => {
    const place = new Map([first, second].map(({ orderId }, index) => [orderId, index]));
    const { audited, counts } = auditOf(committed, onHand, place);
    const reason = { code: "OUT_OF_STOCK", sku: "A" } as const;
    const plan = { unchanged: new Map(), confirm, take: new Map() };
    await audited.reserve({ ...plan, reject: reject.map((each) => ({ order: each, reason })) }, 0);
    return counts.unequal;
  };

  expect(await unequal([first], [second], 1)).toBe(0);
  // The later one has the unit of the earlier one.
  expect(await unequal([second], [first], 1)).toBe(2);
  expect(await unequal([first, second], [], 1)).toBe(1);
  expect(await unequal([first], [second], 2)).toBe(1);
});
