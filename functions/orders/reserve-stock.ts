import type { OrderEvent } from "../contract/schemas.ts";
import type { Outcome } from "../middleware/outcome.ts";
import { commitInGroups, type GroupPolicy } from "./commit-in-groups.ts";
import { linesDigest } from "./domain/order.ts";
import {
  outcomesOf,
  planReservations,
  type Reservation,
  type ReservationPlan,
} from "./domain/plan-reservations.ts";
import type { OrderStockStore } from "./ports/order-stock-store.ts";

/** order.created: confirms in sequence the orders that the stock covers, and rejects the others. */
export function reserveStock(ports: { orderStockStore: OrderStockStore }) {
  const policy: GroupPolicy<ReservationPlan> = {
    plan: planReservations,
    writes: (plan) => plan.confirm.length + plan.reject.length > 0,
    commit: (plan, deadline) => ports.orderStockStore.reserve(plan, deadline),
    outcomes: outcomesOf,
    splitsOn: () => false,
  };
  return (events: readonly OrderEvent[], deadline: number): Promise<Outcome[]> =>
    commitInGroups(policy, events.map(reservationOf), deadline);
}

/** The digest ties the event to the lines of its order row. */
export function reservationOf(event: OrderEvent): Reservation {
  const { lines } = event.data;
  return { orderId: event.subject, lines, linesDigest: linesDigest(lines) };
}
