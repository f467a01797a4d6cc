import { setTimeout as pause } from "node:timers/promises";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import type { Api, ApiResponse } from "./api.ts";
import type { OrderPlan } from "./order-plans.ts";

/** The outcomes that the API reported to customers. */
export interface ReportedOutcomes {
  /** Order ids in the responses for each accepted key; more than one would be a second order. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Orders whose cancellation was accepted. */
  readonly cancelled: ReadonlySet<string>;
  /** Responses that the API does not document. */
  readonly undocumented: readonly string[];
}

const CUSTOMERS = 24;

/** Each customer places one order after the other, until every plan is accepted. */
export async function runCustomers(
  api: Api,
  plans: readonly OrderPlan[],
  onAccepted: (accepted: number, order: OrderView) => void,
): Promise<ReportedOutcomes> {
  const accepted = new Map<string, Set<string>>();
  const cancelled = new Set<string>();
  const undocumented: string[] = [];
  const later: Promise<void>[] = [];
  let next = 0;

  /** Whether the response has the documented status; records another one. */
  function isAsDocumented(what: string, response: ApiResponse, status: number): boolean {
    if (response.status === status) return true;
    undocumented.push(`${what} was answered ${response.status} ${JSON.stringify(response.body)}`);
    return false;
  }

  async function place(plan: OrderPlan): Promise<OrderView | undefined> {
    const response = await api.requestUntilAnswered("POST", "/orders", bodyOf(plan), plan.key);
    if (!isAsDocumented(`placing ${plan.key}`, response, 202)) return undefined;
    const order = response.body as unknown as OrderView;
    const ids = accepted.get(plan.key) ?? new Set();
    accepted.set(plan.key, ids.add(order.orderId));
    return order;
  }

  async function cancel(orderId: string): Promise<void> {
    const response = await api.requestUntilAnswered("POST", `/orders/${orderId}/cancel`);
    if (isAsDocumented(`cancelling ${orderId}`, response, 200)) cancelled.add(orderId);
  }

  async function cancelAsPlanned({ cancel: how }: OrderPlan, orderId: string): Promise<void> {
    switch (how.kind) {
      case "never":
        return;
      case "at once":
        return cancel(orderId);
      case "twice":
        await Promise.all([cancel(orderId), cancel(orderId)]);
        return;
      case "later":
        later.push(pause(how.afterMs).then(() => cancel(orderId)));
    }
  }

  async function runPlan(plan: OrderPlan): Promise<void> {
    const order = await place(plan);
    if (order === undefined) return;
    onAccepted(accepted.size, order);
    await cancelAsPlanned(plan, order.orderId);
    if (plan.repeats) await place(plan);
    if (plan.contradicts) {
      const other = { ...bodyOf(plan), currency: "USD" };
      const response = await api.requestUntilAnswered("POST", "/orders", other, plan.key);
      isAsDocumented(`another order under ${plan.key}`, response, 422);
    }
  }

  async function customer(): Promise<void> {
    for (let plan = plans[next++]; plan !== undefined; plan = plans[next++]) await runPlan(plan);
  }
  await Promise.all(Array.from({ length: CUSTOMERS }, customer));
  await Promise.all(later);
  return { accepted, cancelled, undocumented };
}

function bodyOf({ customerId, lines }: OrderPlan) {
  return { customerId, contact: { email: `${customerId}@example.com` }, currency: "EUR", lines };
}
