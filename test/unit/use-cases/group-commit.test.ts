import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Line, OrderEvent } from "../../../functions/contract/schemas.ts";
import type { Order } from "../../../functions/domain/order.ts";
import type { Commit, Ledger } from "../../../functions/ports/ledger.ts";
import { releaseStock } from "../../../functions/use-cases/release-stock.ts";
import { reserveStock } from "../../../functions/use-cases/reserve-stock.ts";
import { type MemoryTables, memoryTables } from "../../fakes/memory-tables.ts";
import { cancelled, created, line, NOW, order } from "../../fixtures/events.ts";

const DEADLINE = NOW + 10_000;

/** Tables with these orders and this much of each SKU; what is held is held by the orders. */
function tablesWith(orders: readonly Order[], available: Readonly<Record<string, number>>): MemoryTables {
  const tables = memoryTables(() => NOW);
  for (const [sku, units] of Object.entries(available)) {
    tables.rows.stock.set(sku, { sku, onHand: units, held: 0, available: units });
  }
  for (const row of orders) {
    tables.rows.orders.set(row.orderId, row);
    if (row.stockHeld !== true) continue;
    for (const { sku, quantity } of row.lines) {
      const { onHand = 0, held = 0, available: left = 0 } = tables.rows.stock.get(sku) ?? {};
      tables.rows.stock.set(sku, { sku, onHand: onHand + quantity, held: held + quantity, available: left });
    }
  }
  return tables;
}

function counting(ledger: Ledger): { ledger: Ledger; calls: () => number } {
  let calls = 0;
  const counted = <A extends unknown[]>(call: (...args: A) => Promise<Commit>) => {
    return (...args: A) => {
      calls += 1;
      return call(...args);
    };
  };
  return {
    ledger: { reserve: counted(ledger.reserve), release: counted(ledger.release) },
    calls: () => calls,
  };
}

const stateOf = ({ rows }: MemoryTables) => ({
  orders: [...rows.orders.values()].map(({ orderId, status, stockHeld, reason }) => ({
    orderId,
    status,
    stockHeld,
    reason,
  })),
  stock: [...rows.stock.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1)),
});

/** An order as it may be when its event arrives. */
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
  // D does not exist in every world.
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
  test("decides a batch as if its orders came one by one, in their order", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { events, make } = worldOf(world);
        const [together, apart] = [make(), make()];
        const batch = events(toEvent);

        const outcomes = await useCase({ ledger: together.ledger })(batch, DEADLINE);
        const oneByOne = [];
        for (const event of batch) {
          oneByOne.push(...(await useCase({ ledger: apart.ledger })([event], DEADLINE)));
        }

        expect(outcomes).toEqual(oneByOne);
        expect(stateOf(together)).toEqual(stateOf(apart));
      }),
      { numRuns: 300 },
    );
  });

  test("I2, I3: units are neither made nor lost, and none is below 0", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { events, make } = worldOf(world);
        const tables = make();
        const batch = events(toEvent);

        await useCase({ ledger: tables.ledger })([...batch], DEADLINE);
        await useCase({ ledger: tables.ledger })([...batch].reverse(), DEADLINE);

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

describe("a group", () => {
  const ten = Array.from({ length: 10 }, (_, i) => order(`${i}`));

  test("D4: of ten orders of one SKU is one call", async () => {
    const tables = tablesWith(ten, { "TEA-1": 10 });
    const { ledger, calls } = counting(tables.ledger);

    const outcomes = await reserveStock({ ledger })(ten.map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(10).fill("done"));
    expect(calls()).toBe(1);
    expect(tables.rows.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 10, held: 10, available: 0 });
  });

  test("that is sold out half-way is two calls, and the first ones get the stock", async () => {
    const tables = tablesWith(ten, { "TEA-1": 6 });
    const { ledger, calls } = counting(tables.ledger);

    await reserveStock({ ledger })(ten.map(created), DEADLINE);

    expect(calls()).toBe(2);
    expect(ten.map(({ orderId }) => tables.rows.orders.get(orderId)?.status)).toEqual([
      ...Array(6).fill("CONFIRMED"),
      ...Array(4).fill("REJECTED"),
    ]);
  });

  test("D12: of orders with many SKUs is split so that each transaction fits", async () => {
    const lines = (from: number): Line[] =>
      Array.from({ length: 45 }, (_, i) => line({ sku: `S${from + i}` }));
    const wide = [0, 45, 90, 0].map((from, i) => order(`wide ${i}`, {}, lines(from)));
    const stock = Object.fromEntries(Array.from({ length: 135 }, (_, i) => [`S${i}`, 10]));
    const tables = tablesWith(wide, stock);
    const { ledger, calls } = counting(tables.ledger);

    const outcomes = await reserveStock({ ledger })(wide.map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill("done"));
    expect(calls()).toBe(2);
  });

  test.each([
    [1, 3],
    [2, 3 + 3 * 2],
    [10, 3 + 3 * 10],
  ])("of %i whose rows change before each write ends as retry after %i calls", async (count, expected) => {
    const { ledger, calls } = counting({
      // PENDING with the right lines: there is nothing in it that would change the plan.
      reserve: async (plan) => ({
        kind: "refused",
        images: {
          orders: new Map(
            plan.confirm.map(({ orderId, linesDigest }) => [orderId, { status: "PENDING", linesDigest }]),
          ),
          stock: new Map(),
        },
      }),
      release: async () => ({ kind: "invalid" }),
    });

    const outcomes = await reserveStock({ ledger })(ten.slice(0, count).map(created), DEADLINE);

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(count).fill("retry"));
    expect(calls()).toBe(expected);
  });

  test("that the service finds unacceptable is decided one by one", async () => {
    const tables = tablesWith(ten, { "TEA-1": 4 });
    const { ledger, calls } = counting({
      ...tables.ledger,
      reserve: async (plan, deadline) =>
        plan.confirm.length + plan.reject.length > 1
          ? { kind: "invalid" }
          : tables.ledger.reserve(plan, deadline),
    });

    const outcomes = await reserveStock({ ledger })(ten.map(created), DEADLINE);

    expect(outcomes.every(({ kind }) => kind === "done")).toBe(true);
    expect(tables.rows.stock.get("TEA-1")?.available).toBe(0);
    expect(calls()).toBe(1 + 4 + 6 * 2);
  });

  test("D5: whose write fails is tried again as a whole, and the other groups are not touched", async () => {
    const error = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
    const { ledger } = counting({
      reserve: async () => {
        throw error;
      },
      release: async () => ({ kind: "committed" }),
    });

    expect(await reserveStock({ ledger })(ten.map(created), DEADLINE)).toEqual(
      Array(10).fill({ kind: "retry", error }),
    );
  });

  test("of nothing calls nothing", async () => {
    const { ledger, calls } = counting(memoryTables(() => NOW).ledger);

    expect(await reserveStock({ ledger })([], DEADLINE)).toEqual([]);
    expect(calls()).toBe(0);
  });

  test("parks the one order whose stock row holds too little, and releases the others", async () => {
    const rows = ["a", "b", "c"].map((id) =>
      order(id, { status: "CANCELLED", version: 3, stockHeld: true }, [
        line({ quantity: id === "b" ? 5 : 1 }),
      ]),
    );
    const tables = tablesWith(rows, {});
    tables.rows.stock.set("TEA-1", { sku: "TEA-1", onHand: 2, held: 2, available: 0 });

    const outcomes = await releaseStock({ ledger: tables.ledger })(
      rows.map((row) => cancelled(row, 3)),
      DEADLINE,
    );

    expect(outcomes).toEqual([
      { kind: "done" },
      { kind: "park", reason: "STOCK_MISMATCH" },
      { kind: "done" },
    ]);
    expect(tables.rows.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 2, held: 0, available: 2 });
  });
});
