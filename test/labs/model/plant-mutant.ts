import type { MemoryTables } from "../../fakes/memory-tables.ts";
import type { Mutant } from "../simulation/simulated-system.ts";
import type { System } from "./system.ts";

const TABLES = ["orders", "stock", "orderStockStore", "notifications", "failedMessages"] as const;

/** Exchanges how the tables of a system behave. */
export function plant({ rig }: System, wrong: NonNullable<Mutant["tables"]>): void {
  const { tables, clock } = rig;
  // The wrong tables call the right ones, so those must not become the wrong ones.
  const right: MemoryTables = {
    ...tables,
    orders: { ...tables.orders },
    stock: { ...tables.stock },
    orderStockStore: { ...tables.orderStockStore },
    notifications: { ...tables.notifications },
    failedMessages: { ...tables.failedMessages },
  };
  const planted = wrong(right, clock.now);
  for (const name of TABLES) Object.assign(tables[name], planted[name]);
}
