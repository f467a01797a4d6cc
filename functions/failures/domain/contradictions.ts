import type { Line, OrderEvent } from "../../contract/schemas.ts";
import type { Order } from "../../orders/domain/order.ts";

/** What differs between an event and its order, one text each; never who ordered. */
export function contradictionsOf({ data }: OrderEvent, order: Order): readonly string[] {
  const skus = new Set([...data.lines, ...order.lines].map(({ sku }) => sku));
  const different = [
    ...[...skus].map((sku) => [sku, lineOf(data.lines, sku), lineOf(order.lines, sku)] as const),
    ["amount", amountText(data.amount), amountText(order)] as const,
  ].filter(([, event, row]) => event !== row);
  return different.length === 0
    ? ["the sequence of the lines"]
    : different.map(([name, event, row]) => `${name}: ${event} in the event, ${row} in the order`);
}

function lineOf(lines: readonly Line[], sku: string): string {
  const found = lines.filter((line) => line.sku === sku);
  return found.map(({ quantity, unitPrice }) => `${quantity} at ${unitPrice}`).join(" and ") || "none";
}

const amountText = ({ minorUnits, currency }: OrderEvent["data"]["amount"]): string =>
  `${minorUnits} ${currency}`;
