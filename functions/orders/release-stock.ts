import type { OrderEvent } from "../contract/schemas.ts";
import { DONE, type Outcome } from "../middleware/outcome.ts";
import { planReleases, type ReleasePlan } from "./domain/plan-releases.ts";
import type { OrderStockStore } from "./ports/order-stock-store.ts";
import { commitInGroups, type GroupPolicy, orderLinesOf } from "./reserve-stock.ts";

/** order.cancelled: releases the stock of a cancelled order, exactly once. */
export function releaseStock(ports: { orderStockStore: OrderStockStore }) {
  const policy: GroupPolicy<ReleasePlan> = {
    plan: planReleases,
    writes: (plan) => plan.release.length > 0,
    commit: (plan, deadline) => ports.orderStockStore.release(plan, deadline),
    outcomes: (plan) =>
      new Map([...plan.unchanged, ...plan.release.map((order) => [order.orderId, DONE] as const)]),
    // Only one by one shows which order of a group has the short stock row.
    splitsOn: (images) => images.stock.size > 0,
  };
  return (events: readonly OrderEvent[], deadline: number): Promise<Outcome[]> =>
    commitInGroups(policy, events.map(orderLinesOf), deadline);
}
