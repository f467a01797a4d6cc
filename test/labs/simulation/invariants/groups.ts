import type { ReservationPlan } from "../../../../functions/orders/domain/plan-reservations.ts";
import type { OrderStockStore } from "../../../../functions/orders/ports/order-stock-store.ts";
import type { PortCalls } from "../engine/port-calls.ts";
import { currentInvocation } from "../engine/scheduler.ts";
import type { Oracle } from "../oracle.ts";
import { Violation } from "../violation.ts";

/**
 * GROUP: a group has the results of its orders one by one. An order is rejected for lack of stock only if, at some time
 * of this invocation, the available units less those of the same group were not enough.
 */
export function observedOrderStockStore(
  orderStockStore: OrderStockStore,
  oracle: Oracle,
  calls: () => PortCalls,
): OrderStockStore {
  return {
    ...orderStockStore,
    async reserve(plan, deadline) {
      const since = currentInvocation.getStore()?.startedAt ?? 0;
      const commit = await orderStockStore.reserve(plan, deadline);
      const wrong = commit.kind === "committed" ? needlesslyRejected(plan, oracle, since) : undefined;
      if (wrong !== undefined) calls().report(new Violation("GROUP", wrong));
      return commit;
    },
  };
}

function needlesslyRejected(plan: ReservationPlan, oracle: Oracle, since: number): string | undefined {
  for (const { order, reason } of plan.reject) {
    const wanted = order.lines.find(({ sku }) => sku === reason.sku)?.quantity ?? 0;
    const least = leastAvailable(oracle, reason.sku, since) - (plan.take.get(reason.sku) ?? 0);
    if (reason.code === "OUT_OF_STOCK" && least >= wanted) {
      return `${order.orderId} wants ${wanted} of ${reason.sku}, was rejected, and ${least} were left`;
    }
  }
  return undefined;
}

function leastAvailable({ availability }: Oracle, sku: string, since: number): number {
  const known = availability.get(sku) ?? [];
  let least = Number.POSITIVE_INFINITY;
  for (let i = known.length - 1; i >= 0; i--) {
    const entry = known[i];
    if (entry === undefined) break;
    least = Math.min(least, entry.available);
    if (entry.at < since) break;
  }
  return least;
}
