import { STATUS_RULES, type Status } from "../../contract/order-status.ts";
import type { Line, Rejection } from "../../contract/schemas.ts";
import { DONE, DUPLICATE, ignored, type Outcome, park } from "../../middleware/outcome.ts";

/** The part of an order event that the decision needs. */
export interface OrderLines {
  readonly orderId: string;
  readonly lines: readonly Line[];
  readonly linesDigest: string;
}

/** An order row whose condition failed; `undefined` where the row does not exist. */
export type OrderImage =
  | { readonly status: Status; readonly stockHeld?: boolean; readonly linesDigest: string }
  | undefined;

/**
 * The known rows of a group. An order or SKU without an image has not failed a condition: the order is assumed to be
 * PENDING and the SKU to be sufficient, and the conditions of the transaction check both.
 */
export interface Images {
  readonly orders: ReadonlyMap<string, OrderImage>;
  /**
   * Units on the side that the write takes from, available for a reservation and held for a release; `undefined`
   * where there is no such SKU.
   */
  readonly stock: ReadonlyMap<string, number | undefined>;
}

export const NOTHING_KNOWN: Images = { orders: new Map(), stock: new Map() };

/** One transaction's worth of decisions. */
export interface ReservationPlan {
  /** Orders that need no write, with their outcomes. */
  readonly unchanged: ReadonlyMap<string, Outcome>;
  readonly confirm: readonly OrderLines[];
  readonly reject: readonly { readonly order: OrderLines; readonly reason: Rejection }[];
  /** Units to take, by SKU. */
  readonly take: ReadonlyMap<string, number>;
}

/** The outcome for an order that is not PENDING, or whose lines differ. */
function unchangedOutcome(image: OrderImage, order: OrderLines): Outcome | undefined {
  if (image === undefined) return park("UNKNOWN_ORDER");
  if (image.linesDigest !== order.linesDigest) return park("EVENT_CONTRADICTS_ORDER");
  const { creation } = STATUS_RULES[image.status];
  switch (creation) {
    case "decide":
      return undefined;
    case "done":
      return DUPLICATE;
    case "done unless never held":
      return image.stockHeld === undefined ? ignored("cancelled before it was processed") : DUPLICATE;
    default:
      return creation satisfies never;
  }
}

/**
 * Decides a batch as if its orders came one by one: an order is confirmed if the orders before it leave enough stock for
 * all its lines, and rejected otherwise.
 */
export function planReservations(orders: readonly OrderLines[], known: Images): ReservationPlan {
  const unchanged = new Map<string, Outcome>();
  const confirm: OrderLines[] = [];
  const reject: { order: OrderLines; reason: Rejection }[] = [];
  const take = new Map<string, number>();

  for (const order of orders) {
    const outcome = known.orders.has(order.orderId)
      ? unchangedOutcome(known.orders.get(order.orderId), order)
      : undefined;
    if (outcome !== undefined) {
      unchanged.set(order.orderId, outcome);
      continue;
    }
    const reason = whyNot(order, known, take);
    if (reason !== undefined) {
      reject.push({ order, reason });
      continue;
    }
    confirm.push(order);
    for (const { sku, quantity } of order.lines) take.set(sku, (take.get(sku) ?? 0) + quantity);
  }
  return { unchanged, confirm, reject, take };
}

function whyNot(order: OrderLines, known: Images, taken: ReadonlyMap<string, number>): Rejection | undefined {
  for (const { sku, quantity } of order.lines) {
    if (!known.stock.has(sku)) continue;
    const available = known.stock.get(sku);
    if (available === undefined) return { code: "UNKNOWN_SKU", sku };
    if (available - (taken.get(sku) ?? 0) < quantity) return { code: "OUT_OF_STOCK", sku };
  }
  return undefined;
}

/** The outcome of every order of a committed plan. */
export function outcomesOf(plan: ReservationPlan): Map<string, Outcome> {
  const outcomes = new Map(plan.unchanged);
  for (const order of plan.confirm) outcomes.set(order.orderId, DONE);
  for (const { order } of plan.reject) outcomes.set(order.orderId, DONE);
  return outcomes;
}
