import { printableLine } from "../../terminal-text.ts";
import type { ApiAnswer } from "../target/api-client.ts";

/** `9.00 EUR`, `900 JPY`. Amounts are in minor units. */
export const amountText = (amount: unknown): string => {
  const { currency = "", minorUnits = 0 } = (amount ?? {}) as { currency?: string; minorUnits?: number };
  const digits = decimalsOf(currency);
  return `${(minorUnits / 10 ** digits).toFixed(digits)} ${currency}`.trim();
};

function decimalsOf(currency: string): number {
  try {
    return (
      new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ??
      2
    );
  } catch {
    return 2;
  }
}

/** `2 × tea, 1 × milk` */
export const linesText = (lines: unknown): string =>
  (Array.isArray(lines) ? lines : [])
    .map((line: { sku?: string; quantity?: number }) => `${line.quantity} × ${line.sku}`)
    .join(", ");

/** `UNKNOWN_SKU: tea` */
function reasonText(reason: unknown): string {
  const { code, sku } = (reason ?? {}) as Partial<Readonly<Record<string, unknown>>>;
  if (typeof code === "string" && typeof sku === "string") return `${code}: ${sku}`;
  return typeof reason === "string" ? reason : JSON.stringify(reason);
}

export function orderText(order: ApiAnswer["body"]): string {
  const { orderId, status, reason, lines, amount, version, updatedAt } = order;
  return [
    `${orderId}  ${status}${reason === undefined ? "" : ` (${reasonText(reason)})`}`,
    `  ${linesText(lines)}  ${amountText(amount)}`,
    `  version ${version}, updated ${updatedAt}`,
    "",
  ]
    .map(printableLine)
    .join("\n");
}
