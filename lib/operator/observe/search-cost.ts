import type { OrderList } from "../../../functions/contract/operator-answers.ts";

/** `found 2 by reading the table, 13 read units` */
export function searchCost(found: number, { foundBy, readUnits }: Omit<OrderList, "items">): string {
  const how = foundBy === "scan" ? "by reading the table" : `by the ${foundBy}`;
  const units = Math.ceil(readUnits);
  return `found ${found} ${how}, ${units} read ${units === 1 ? "unit" : "units"}`;
}
