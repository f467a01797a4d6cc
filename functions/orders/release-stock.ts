import type { OrderEvent } from "../contract/schemas.ts";
import { DONE, type Outcome } from "../middleware/outcome.ts";
import { commitInGroups, type GroupPolicy } from "./commit-in-groups.ts";
import { planReleases, type ReleasePlan } from "./domain/plan-releases.ts";
import type { OrderStockStore } from "./ports/order-stock-store.ts";
import { reservationOf } from "./reserve-stock.ts";

/** order.cancelled: gives back what a cancelled order holds, exactly once. */
export function releaseStock(ports: { orderStockStore: OrderStockStore }) {
  const policy: GroupPolicy<ReleasePlan> = {
    plan: planReleases,
    writes: (plan) => plan.release.length > 0,
    commit: (plan, deadline) => ports.orderStockStore.release(plan, deadline),
    outcomes: (plan) =>
      new Map([...plan.settled, ...plan.release.map((order) => [order.orderId, DONE] as const)]),
    // Which order of a group a short stock row belongs to shows only one by one.
    splitsOn: (images) => images.stock.size > 0,
  };
  return (events: readonly OrderEvent[], deadline: number): Promise<Outcome[]> =>
    commitInGroups(policy, events.map(reservationOf), deadline);
}
