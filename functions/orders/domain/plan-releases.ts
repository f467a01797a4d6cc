import { DONE, DUPLICATE, type Outcome, park, Unprocessable } from "../../middleware/outcome.ts";
import type { Images, OrderImage, Reservation } from "./plan-reservations.ts";

export interface ReleasePlan {
  readonly settled: ReadonlyMap<string, Outcome>;
  readonly release: readonly Reservation[];
  /** Units to give back, for each SKU. */
  readonly negativeAcknowledge: ReadonlyMap<string, number>;
}

/** What an order.cancelled event means for an order that does not hold stock as CANCELLED. */
function unchangedOutcome(image: OrderImage, order: Reservation): Outcome | undefined {
  if (image === undefined) return park("UNKNOWN_ORDER");
  if (image.linesDigest !== order.linesDigest) return park("EVENT_CONTRADICTS_ORDER");
  // The API cancels before it emits, so an order in any other status contradicts the event.
  if (image.status !== "CANCELLED") return park("STATE_CONFLICT");
  if (image.stockHeld === undefined) return DONE;
  return image.stockHeld ? undefined : DUPLICATE;
}

/** Decides a batch of order.cancelled events against what is known of their rows. */
export function planReleases(orders: readonly Reservation[], known: Images): ReleasePlan {
  const settled = new Map<string, Outcome>();
  const release: Reservation[] = [];
  const negativeAcknowledge = new Map<string, number>();

  for (const order of orders) {
    const outcome = known.orders.has(order.orderId)
      ? unchangedOutcome(known.orders.get(order.orderId), order)
      : shortOfHeld(order, known);
    if (outcome !== undefined) {
      settled.set(order.orderId, outcome);
      continue;
    }
    release.push(order);
    for (const { sku, quantity } of order.lines)
      negativeAcknowledge.set(sku, (negativeAcknowledge.get(sku) ?? 0) + quantity);
  }
  return { settled, release, negativeAcknowledge };
}

/**
 * A stock row that holds less than the group gives back was changed by other means. Alone, the order is parked;
 * the use-case gets there by deciding one by one.
 */
function shortOfHeld(order: Reservation, known: Images): Outcome | undefined {
  const short = order.lines.filter(({ sku }) => known.stock.has(sku));
  if (short.length === 0) return undefined;
  const differences = short.map(({ sku, quantity }) => {
    const held = known.stock.get(sku);
    const row = held === undefined ? "there is no stock row" : `the stock row holds ${held}`;
    return `${sku}: the order holds ${quantity}, ${row}`;
  });
  return park("STOCK_MISMATCH", new Unprocessable("STOCK_MISMATCH", differences.join("; ")));
}
