import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type QueueConsumer, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { eventsOf } from "../fakes/memory-tables.ts";
import { line, request } from "../fixtures/events.ts";
import { cancel, count, orderIn, place } from "./api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, type Rig } from "./rig.ts";

/** Orders and stock without timestamps. */
function withoutTimes({ tables: { rows } }: Rig) {
  const orders = [...rows.orders.values()].map(({ orderId, status, version, stockHeld }) => {
    return [orderId, { status, version, isHeld: stockHeld === true }] as const;
  });
  return { orders: new Map(orders), stock: structuredClone(rows.stock) };
}

/** Returns a function that restores the tables of orders and stock; the two other tables are unchanged. */
function image({ tables: { rows } }: Rig): () => void {
  const tables = [rows.orders, rows.stock].map((table: Map<string, unknown>) => {
    return { table, kept: [...structuredClone(table)] };
  });
  return () => {
    for (const { table, kept } of tables) {
      table.clear();
      for (const [key, row] of kept) table.set(key, row);
    }
  };
}

const placed = async (key: string, quantity: number) =>
  orderIn(await place(request({ lines: [line({ quantity })] }), key));

/**
 * Restores orders and stock to a time before one order was cancelled, one confirmed and one placed. Then delivers every
 * event twice, in the order of the given ranks.
 */
async function restoredAndReplayed(ranks: readonly number[]) {
  const rig = newRig();
  const simulation = simulateQueues(rig);
  await count("TEA-1", 10);
  const a = await placed("a", 1);
  await simulation.drain();
  await placed("b", 2);
  const restore = image(rig);
  await simulation.drain();
  await cancel(a.orderId);
  const c = await placed("c", 3);
  await simulation.drain();
  const before = withoutTimes(rig);
  const mails = rig.mailer.outbox.length;
  const events = eventsOf(rig.tables);

  restore();
  const messages = [...events, ...events].flatMap((event) =>
    Object.entries(SUBSCRIPTIONS)
      .filter(([, types]) => (types as readonly string[]).includes(event.type))
      .map(([consumer]) => ({ consumer: consumer as QueueConsumer, event })),
  );
  const ranked = messages.map((message, i) => ({ ...message, rank: ranks[i] ?? 0 }));
  for (const { consumer, event } of ranked.sort((left, right) => left.rank - right.rank)) {
    simulation.send(consumer, event, { type: event.type });
    await simulation.step();
  }
  await simulation.drain();
  return { rig, simulation, before, mails, a, c };
}

const anyOrder = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });

describe("J7: orders and stock that are restored while queues hold newer events", () => {
  test("stay consistent, and messages of unknown orders wait for an operator", async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, async (ranks) => {
        const { rig, a, c } = await restoredAndReplayed(ranks);
        const { orders, stock, failed } = rig.tables.rows;

        const held = [...orders.values()].filter(({ stockHeld }) => stockHeld).flatMap(({ lines }) => lines);
        const units = held.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 10, held: units, available: 10 - units });
        const open = [...failed.values()].filter(({ status }) => status === "OPEN");
        expect(open).toContainEqual(
          expect.objectContaining({ reason: "STATE_CONFLICT", eventId: `${a.orderId}:3:order.cancelled` }),
        );
        expect(open).toContainEqual(
          expect.objectContaining({ reason: "UNKNOWN_ORDER", eventId: `${c.orderId}:1:order.created` }),
        );
      }),
      { numRuns: 25 },
    );
  });

  test("recover once clients repeat the lost requests, without a second mail or an open row", async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, async (ranks) => {
        const { rig, simulation, before, mails, a } = await restoredAndReplayed(ranks);

        await cancel(a.orderId);
        await placed("c", 3);
        await simulation.drain();

        expect(withoutTimes(rig)).toEqual(before);
        expect(rig.mailer.outbox).toHaveLength(mails);
        expect([...rig.tables.rows.failed.values()].filter(({ status }) => status === "OPEN")).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
