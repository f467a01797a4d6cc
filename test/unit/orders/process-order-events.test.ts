import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { DONE, type Outcome } from "../../../functions/middleware/outcome.ts";
import { processOrderEvents } from "../../../functions/orders/process-order-events.ts";
import { releaseStock } from "../../../functions/orders/release-stock.ts";
import { reserveStock } from "../../../functions/orders/reserve-stock.ts";
import { tablesWith } from "../../fakes/stocked-tables.ts";
import { cancelled, created, NOW, order } from "../../fixtures/events.ts";

const DEADLINE = NOW + 10_000;
const events = fc.array(
  fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    type: fc.constantFrom("created", "cancelled", "rejected"),
  }),
  { maxLength: 16 },
);
const eventOfShape = ({ key, type }: { key: string; type: string }): OrderEvent => {
  const row = order(key);
  if (type === "cancelled") return cancelled(row);
  return type === "created" ? created(row) : { ...created(row), type: "order.rejected" };
};

test("F6: no call has an order twice or another type, and every event has its own outcome", async () => {
  await fc.assert(
    fc.asyncProperty(events, async (shapes) => {
      const calls: { type: string; events: readonly OrderEvent[] }[] = [];
      const handle = (type: string) => async (given: readonly OrderEvent[]) => {
        calls.push({ type, events: given });
        return given.map(({ id }): Outcome => ({ kind: "ignored", why: `${type} ${id}` }));
      };
      const given = shapes.map(eventOfShape);

      const outcomes = await processOrderEvents({
        reserve: handle("order.created"),
        release: handle("order.cancelled"),
      })(given, DEADLINE);

      for (const call of calls) {
        expect(new Set(call.events.map(({ subject }) => subject)).size).toBe(call.events.length);
        expect(call.events.every(({ type }) => type === call.type)).toBe(true);
      }
      expect(outcomes).toEqual(
        given.map(({ type, id }) => ({
          kind: "ignored",
          why: type === "order.rejected" ? "type not ours" : `${type} ${id}`,
        })),
      );
    }),
  );
});

describe("over the same tables", () => {
  const isCancelled = fc.constantFrom(true, false);

  test("F6, F9: any mix of duplicates has the effect of each event once", async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.array(isCancelled, { minLength: 4, maxLength: 4 }),
        async (shapes, states) => {
          const keys = ["a", "b", "c", "d"];
          const rows = keys.map((key, i) =>
            order(key, states[i] === true ? { status: "CANCELLED", version: 2 } : {}),
          );
          const tables = await tablesWith(rows, { "TEA-1": 10 });
          const { orderStockStore } = tables;
          const process = processOrderEvents({
            reserve: reserveStock({ orderStockStore }),
            release: releaseStock({ orderStockStore }),
          });
          // Only cancelled orders have a cancellation.
          const given = shapes
            .filter(({ key, type }) => type !== "cancelled" || states[keys.indexOf(key)] === true)
            .map(eventOfShape);

          await process(given, DEADLINE);
          await process(given, DEADLINE);

          for (const [i, { orderId }] of rows.entries()) {
            const wasCreated = given.some(
              ({ subject, type }) => subject === orderId && type === "order.created",
            );
            const expected = states[i] === true ? "CANCELLED" : wasCreated ? "CONFIRMED" : "PENDING";
            expect(tables.rows.orders.get(orderId)?.status).toBe(expected);
          }
          const confirmed = [...tables.rows.orders.values()].filter(
            ({ status }) => status === "CONFIRMED",
          ).length;
          expect(tables.rows.stock.get("TEA-1")).toMatchObject({
            held: confirmed,
            available: 10 - confirmed,
          });
        },
      ),
    );
  });
});

test("C3: outcomes for another number of events are ignored", async () => {
  const reserve = async () => [DONE, DONE];

  await expect(
    processOrderEvents({ reserve, release: reserve })([created(order("a"))], DEADLINE),
  ).rejects.toThrow("another number");
});
