import { DONE, DUPLICATE, type Outcome, park, Unprocessable } from "../../middleware/outcome.ts";
import type { Images, OrderImage, OrderLines } from "./plan-reservations.ts";

export interface ReleasePlan {
  readonly unchanged: ReadonlyMap<string, Outcome>;
  readonly release: readonly OrderLines[];
  /** Units that become available again, by SKU. */
  readonly restore: ReadonlyMap<string, number>;
}

/** The outcome for an order that has no stock to release. */
function unchangedOutcome(image: OrderImage, order: OrderLines): Outcome | undefined {
  if (image === undefined) return park("UNKNOWN_ORDER");
  if (image.linesDigest !== order.linesDigest) return park("EVENT_CONTRADICTS_ORDER");
  // The API cancels before it emits, so an order in any other status contradicts the event.
  if (image.status !== "CANCELLED") return park("STATE_CONFLICT");
  if (image.stockHeld === undefined) return DONE;
  return image.stockHeld ? undefined : DUPLICATE;
}

/** Decides a batch of order.cancelled events by the known images of their rows. */
export function planReleases(orders: readonly OrderLines[], known: Images): ReleasePlan {
  const unchanged = new Map<string, Outcome>();
  const release: OrderLines[] = [];
  const restore = new Map<string, number>();

  for (const order of orders) {
    const outcome = known.orders.has(order.orderId)
      ? unchangedOutcome(known.orders.get(order.orderId), order)
      : shortOfHeld(order, known);
    if (outcome !== undefined) {
      unchanged.set(order.orderId, outcome);
      continue;
    }
    release.push(order);
    for (const { sku, quantity } of order.lines) restore.set(sku, (restore.get(sku) ?? 0) + quantity);
  }
  return { unchanged, release, restore };
}

/**
 * A stock row that holds less than the group releases was changed by other means. The use-case then decides one by one,
 * and parks the order that it belongs to.
 */
function shortOfHeld(order: OrderLines, known: Images): Outcome | undefined {
  const short = order.lines.filter(({ sku }) => known.stock.has(sku));
  if (short.length === 0) return undefined;
  const differences = short.map(({ sku, quantity }) => {
    const held = known.stock.get(sku);
    const row = held === undefined ? "there is no stock row" : `the stock row holds ${held}`;
    return `${sku}: the order holds ${quantity}, ${row}`;
  });
  return park("STOCK_MISMATCH", new Unprocessable("STOCK_MISMATCH", differences.join("; ")));
}
