import type { QueueConsumer } from "../../../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../../../functions/contract/schemas.ts";
import type { Order } from "../../../../functions/orders/domain/order.ts";
import type { RecordTopic } from "../../../../functions/publishing/ports/publisher.ts";
import type { MemoryTables } from "../../../fakes/memory-tables.ts";
import type { HandleMany, Parts } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";

/** A mutant of the tables. */
export function inTables(name: string, tables: NonNullable<Mutant["tables"]>): Mutant {
  return { name, tables };
}

/** A mutant of the parts of the functions. */
export function inParts(name: string, change: (parts: Parts) => Partial<Parts>): Mutant {
  return { name, parts: (parts) => ({ ...parts, ...change(parts) }) };
}

/** A mutant of the handlers of some consumers. */
export function inHandlers(
  name: string,
  consumers: readonly QueueConsumer[],
  wrong: (handle: HandleMany<OrderEvent>, parts: Parts) => HandleMany<OrderEvent>,
): Mutant {
  return inParts(name, (parts) => {
    const handlers = { ...parts.handlers };
    for (const consumer of consumers) handlers[consumer] = wrong(parts.handlers[consumer], parts);
    return { handlers };
  });
}

/** A publisher that reports refused events as published. */
export function withoutRefusals({ publish }: RecordTopic): RecordTopic {
  return {
    async publish(records) {
      await publish(records);
      return records.map(() => ({ kind: "published" }));
    },
  };
}

/** Writes an order row and its stream record. */
export function writeOrder({ rows, changes }: MemoryTables, after: Order): void {
  changes.push({ before: rows.orders.get(after.orderId), after });
  rows.orders.set(after.orderId, after);
}

/** Moves units from available to held without a condition. */
export function moveStock({ rows }: MemoryTables, sku: string, units: number): void {
  const row = rows.stock.get(sku);
  if (row !== undefined) {
    rows.stock.set(sku, { ...row, available: row.available - units, held: row.held + units });
  }
}
