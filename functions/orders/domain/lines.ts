import { LIMITS } from "../../contract/limits.ts";
import type { Line } from "../../contract/schemas.ts";
import { Problem } from "../../middleware/problem.ts";

/**
 * One line per SKU, in order of SKU. DynamoDB refuses two actions on one item, so lines of one SKU are added up.
 * Throws a Problem when two lines of one SKU differ in price, when a sum is too large, or with too many SKUs.
 */
export function mergeLines(lines: readonly Line[]): Line[] {
  const bySku = new Map<string, Line>();
  lines.forEach((line, index) => {
    const seen = bySku.get(line.sku);
    if (seen !== undefined && seen.unitPrice !== line.unitPrice) {
      throw new Problem("PRICE_CONTRADICTION", {
        detail: `${line.sku} costs ${seen.unitPrice} in one line and ${line.unitPrice} in another.`,
        pointer: `/lines/${index}/unitPrice`,
      });
    }
    const quantity = (seen?.quantity ?? 0) + line.quantity;
    if (quantity > LIMITS.quantity) {
      throw new Problem("INVALID_REQUEST", {
        detail: `The lines of ${line.sku} add up to ${quantity}; at most ${LIMITS.quantity} can be ordered.`,
        pointer: `/lines/${index}/quantity`,
      });
    }
    bySku.set(line.sku, { sku: line.sku, quantity, unitPrice: line.unitPrice });
  });
  if (bySku.size > LIMITS.distinctSkus) {
    throw new Problem("TOO_MANY_LINES", {
      detail: `The order has ${bySku.size} distinct SKUs; at most ${LIMITS.distinctSkus} fit in one order.`,
      pointer: "/lines",
    });
  }
  return [...bySku.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Below 2^53 by the limits on quantity, price and number of lines. */
export function totalMinorUnits(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
}
