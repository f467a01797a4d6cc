import { mailHeadline } from "../../contract/order-status.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import type { Order } from "./order.ts";

/** Compares the event of a mail with the present order row. */
export function relevance(event: OrderEvent, order: Order): "current" | "superseded" | "ahead" {
  const { orderVersion } = event.data;
  if (order.version === orderVersion) return "current";
  return order.version > orderVersion ? "superseded" : "ahead";
}

/** Every value was validated at the API: none can break a line or a header. */
export function composeMail(event: OrderEvent, order: Order) {
  const headline = `Your order ${order.orderId} ${mailHeadline(event.type) ?? "has changed"}`;
  const lines = order.lines.map((line) => `  ${line.quantity} × ${line.sku}`);
  const why = order.reason === undefined ? [] : [`Reason: ${explain(order.reason)}`, ""];
  return {
    eventId: event.id,
    to: order.contact.email,
    subject: headline,
    text: [
      `${headline}.`,
      "",
      ...why,
      ...lines,
      "",
      `Total: ${money(order.minorUnits, order.currency)}`,
      "",
    ].join("\n"),
  };
}

function explain(reason: NonNullable<Order["reason"]>): string {
  return reason.code === "UNKNOWN_SKU"
    ? `we do not carry ${reason.sku}.`
    : `there is not enough of ${reason.sku} in stock.`;
}

/** Decimals by currency: constructing a formatter takes about 15 µs. */
const decimals = new Map<string, number>();

function decimalsOf(currency: string): number {
  let digits = decimals.get(currency);
  if (digits === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    decimals.set(currency, digits);
  }
  return digits;
}

/** An amount in the currency's own number of decimals: 4.50 EUR, 450 JPY. */
function money(minorUnits: number, currency: string): string {
  const digits = decimalsOf(currency);
  return `${(minorUnits / 10 ** digits).toFixed(digits)} ${currency}`;
}
