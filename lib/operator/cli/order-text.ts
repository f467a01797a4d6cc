import { isUnfinished } from "../../../functions/contract/order-status.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { printableLine } from "../../terminal-text.ts";

/** `9.00 EUR`, `900 JPY`. Amounts are in minor units. */
export const amountText = ({ currency, minorUnits }: OrderView["amount"]): string => {
  const digits = decimalsOf(currency);
  return `${(minorUnits / 10 ** digits).toFixed(digits)} ${currency}`;
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
export const linesText = (lines: OrderView["lines"]): string =>
  lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");

export function orderText(order: OrderView): string {
  const { orderId, customerId, status, reason, lines, amount, version, stockHeld, updatedAt } = order;
  return [
    `${orderId}  ${status}${reason === undefined ? "" : ` (${reason.code}: ${reason.sku})`}`,
    `  ${linesText(lines)}  ${amountText(amount)}`,
    `  customer ${customerId}`,
    `  version ${version}, updated ${updatedAt}`,
    ...(stockHeld === true && isUnfinished(order) ? ["  Its stock is still held."] : []),
    "",
  ]
    .map(printableLine)
    .join("\n");
}
