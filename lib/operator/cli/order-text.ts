import { printableLine } from "../../terminal-text.ts";
import type { ApiAnswer } from "../target/api-client.ts";

/** `9.00 EUR`. Amounts are in minor units; the currencies shown have two decimals. */
export const amountText = (amount: unknown): string => {
  const { currency, minorUnits } = (amount ?? {}) as { currency?: string; minorUnits?: number };
  return `${((minorUnits ?? 0) / 100).toFixed(2)} ${currency ?? ""}`.trim();
};

/** `2 × tea, 1 × milk` */
export const linesText = (lines: unknown): string =>
  (Array.isArray(lines) ? lines : [])
    .map((line: { sku?: string; quantity?: number }) => `${line.quantity} × ${line.sku}`)
    .join(", ");

export function orderText(order: ApiAnswer["body"]): string {
  const { orderId, status, reason, lines, amount, version, updatedAt } = order;
  return [
    `${orderId}  ${status}${reason === undefined ? "" : ` (${typeof reason === "string" ? reason : JSON.stringify(reason)})`}`,
    `  ${linesText(lines)}  ${amountText(amount)}`,
    `  version ${version}, updated ${updatedAt}`,
    "",
  ]
    .map(printableLine)
    .join("\n");
}
