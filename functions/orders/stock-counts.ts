import { PATTERNS } from "../contract/patterns.ts";
import type { StockView } from "../contract/schemas.ts";
import { Problem } from "../middleware/problem.ts";
import type { StockStore } from "./ports/stock-store.ts";

const SKU = new RegExp(PATTERNS.sku.pattern);

export function readStock(ports: { stock: StockStore }) {
  return async (sku: string): Promise<StockView> => {
    const stock = SKU.test(sku) ? await ports.stock.get(sku) : undefined;
    if (stock === undefined)
      throw new Problem("SKU_NOT_FOUND", { detail: `No stock of ${sku.slice(0, 64)} was counted.` });
    return stock;
  };
}

/** Sets the counted units of a SKU. Idempotent. */
export function countStock(ports: { stock: StockStore }) {
  return async (sku: string, onHand: number): Promise<StockView> => {
    if (!SKU.test(sku)) {
      throw new Problem("INVALID_REQUEST", {
        detail: `The SKU must ${PATTERNS.sku.rule}.`,
      });
    }
    const result = await ports.stock.count(sku, onHand);
    if (result.kind === "below-held") {
      throw new Problem("STOCK_BELOW_HELD", {
        detail: `More than ${onHand} of ${sku} are held for orders. Cancel orders first, or count again.`,
        pointer: "/onHand",
      });
    }
    return result.stock;
  };
}
