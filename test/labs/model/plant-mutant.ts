import type { MemoryTables } from "../../fakes/memory-tables.ts";
import type { Mutant } from "../simulation/simulated-system.ts";
import type { System } from "./system.ts";

const TABLES = ["orders", "stock", "orderStockStore", "notifications", "failedMessages"] as const;

/** Replaces the tables of a system by those of a mutant. */
export function plant({ rig }: System, wrong: NonNullable<Mutant["tables"]>): void {
  const { tables, clock } = rig;
  // The mutant calls the correct tables, so it gets copies of them.
  const correct: MemoryTables = {
    ...tables,
    orders: { ...tables.orders },
    stock: { ...tables.stock },
    orderStockStore: { ...tables.orderStockStore },
    notifications: { ...tables.notifications },
    failedMessages: { ...tables.failedMessages },
  };
  const mutated = wrong(correct, clock.now);
  for (const name of TABLES) Object.assign(tables[name], mutated[name]);
}
