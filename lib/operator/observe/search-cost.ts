import type { OrderList } from "../../../functions/contract/operator-answers.ts";
import { count, pluralize } from "./count.ts";

/** `found 2 by reading the table, 13 read units` */
export function searchCost(found: number, { foundBy, readUnits }: Omit<OrderList, "items">): string {
  const how = foundBy === "scan" ? "by reading the table" : `by the ${foundBy}`;
  return `found ${count(found)} ${how}, ${pluralize(Math.ceil(readUnits), "read unit")}`;
}
