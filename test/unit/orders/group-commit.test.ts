import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import { releaseStock } from "../../../functions/orders/release-stock.ts";
import { reserveStock } from "../../../functions/orders/reserve-stock.ts";
import type { MemoryTables } from "../../fakes/memory-tables.ts";
import { tablesWith } from "../../fakes/stocked-tables.ts";
import { cancelled, created, line, NOW, order } from "../../fixtures/events.ts";

const DEADLINE = NOW + 10_000;

const stateOf = ({ rows }: MemoryTables) => ({
  orders: [...rows.orders.values()].map(({ orderId, status, stockHeld, reason }) => ({
    orderId,
    status,
    stockHeld,
    reason,
  })),
  stock: [...rows.stock.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1)),
});

/** The states of an order at the arrival of its event. */
const STATES: readonly Partial<Order>[] = [
  {},
  {},
  {},
  { status: "CONFIRMED", version: 2, stockHeld: true },
  { status: "REJECTED", version: 2 },
  { status: "CANCELLED", version: 2 },
  { status: "CANCELLED", version: 3, stockHeld: true },
  { status: "CANCELLED", version: 3, stockHeld: false },
];
const worlds = fc.record({
  orders: fc.array(
    fc.record({
      state: fc.nat(STATES.length - 1),
      lines: fc.uniqueArray(
        fc.record({ sku: fc.constantFrom("A", "B", "C", "D"), quantity: fc.integer({ min: 1, max: 4 }) }),
        { selector: ({ sku }) => sku, minLength: 1, maxLength: 3 },
      ),
      isKnown: fc.boolean(),
      contradicts: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
  // D does not exist in every case.
  stock: fc.record(
    { A: fc.nat(12), B: fc.nat(12), C: fc.nat(3), D: fc.nat(5) },
    { requiredKeys: ["A", "B", "C"] },
  ),
});

function worldOf({ orders, stock }: typeof worlds extends fc.Arbitrary<infer W> ? W : never) {
  const rows = orders.map(({ state, lines }, i) =>
    order(
      `order ${i}`,
      STATES[state],
      lines.map((each) => line(each)),
    ),
  );
  const events = (toEvent: (row: Order) => OrderEvent) =>
    rows.map((row, i) => {
      const event = toEvent(row);
      const isOther = orders[i]?.contradicts === true && i % 4 === 0;
      return isOther
        ? { ...event, data: { ...event.data, lines: [line({ sku: "A", quantity: 9 })] } }
        : event;
    });
  const known = rows.filter((_, i) => orders[i]?.isKnown === true || i % 3 > 0);
  return { events, make: () => tablesWith(known, stock as Record<string, number>) };
}

describe.each([
  ["reserveStock", reserveStock, created],
  ["releaseStock", releaseStock, (row: Order) => cancelled(row, row.version)],
] as const)("%s", (_, useCase, toEvent) => {
  test("has the results of the orders one by one, in their order", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { events, make } = worldOf(world);
        const [together, apart] = [make(), make()];
        const batch = events(toEvent);

        const outcomes = await useCase({ orderStockStore: together.orderStockStore })(batch, DEADLINE);
        const oneByOne = [];
        for (const event of batch) {
          oneByOne.push(...(await useCase({ orderStockStore: apart.orderStockStore })([event], DEADLINE)));
        }

        expect(outcomes).toEqual(oneByOne);
        expect(stateOf(together)).toEqual(stateOf(apart));
      }),
      { numRuns: 300 },
    );
  });

  test("I2, I3: the sum of units is constant, and none is below 0", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { events, make } = worldOf(world);
        const tables = make();
        const batch = events(toEvent);

        await useCase({ orderStockStore: tables.orderStockStore })([...batch], DEADLINE);
        await useCase({ orderStockStore: tables.orderStockStore })([...batch].reverse(), DEADLINE);

        const held = new Map<string, number>();
        for (const row of tables.rows.orders.values()) {
          if (row.stockHeld === true)
            for (const { sku, quantity } of row.lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
        }
        for (const row of tables.rows.stock.values()) {
          expect(row.available).toBeGreaterThanOrEqual(0);
          expect(row.available + row.held).toBe(row.onHand);
          expect(row.held).toBe(held.get(row.sku) ?? 0);
        }
      }),
    );
  });
});
