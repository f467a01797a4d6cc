import { setTimeout as pause } from "node:timers/promises";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import type { Answer, Api } from "./api.ts";
import type { OrderPlan } from "./order-plans.ts";

/** What customers know when they leave. */
export interface Told {
  /** Ids that the answers to each accepted key carried; more than one would be a second order. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Orders whose cancelling was answered with success. */
  readonly cancelled: ReadonlySet<string>;
  /** Answers that the API should not have given. */
  readonly surprises: readonly string[];
}

const CUSTOMERS = 24;

/** Each customer orders one thing after the other, until every plan was accepted. */
export async function serve(
  api: Api,
  plans: readonly OrderPlan[],
  onAccepted: (accepted: number, order: OrderView) => void,
): Promise<Told> {
  const accepted = new Map<string, Set<string>>();
  const cancelled = new Set<string>();
  const surprises: string[] = [];
  const later: Promise<void>[] = [];
  let next = 0;

  /** Whether the answer has this status; another one is a surprise. */
  function isAsDocumented(what: string, answer: Answer, status: number): boolean {
    if (answer.status === status) return true;
    surprises.push(`${what} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return false;
  }

  async function place(plan: OrderPlan): Promise<OrderView | undefined> {
    const answer = await api.insist("POST", "/orders", bodyOf(plan), plan.key);
    if (!isAsDocumented(`placing ${plan.key}`, answer, 202)) return undefined;
    const order = answer.body as unknown as OrderView;
    const ids = accepted.get(plan.key) ?? new Set();
    accepted.set(plan.key, ids.add(order.orderId));
    return order;
  }

  async function cancel(orderId: string): Promise<void> {
    const answer = await api.insist("POST", `/orders/${orderId}/cancel`);
    if (isAsDocumented(`cancelling ${orderId}`, answer, 200)) cancelled.add(orderId);
  }

  async function changeMind({ cancel: how }: OrderPlan, orderId: string): Promise<void> {
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

  async function fulfil(plan: OrderPlan): Promise<void> {
    const order = await place(plan);
    if (order === undefined) return;
    onAccepted(accepted.size, order);
    await changeMind(plan, order.orderId);
    if (plan.repeats) await place(plan);
    if (plan.contradicts) {
      const other = { ...bodyOf(plan), currency: "USD" };
      const answer = await api.insist("POST", "/orders", other, plan.key);
      isAsDocumented(`another order under ${plan.key}`, answer, 422);
    }
  }

  async function customer(): Promise<void> {
    for (let plan = plans[next++]; plan !== undefined; plan = plans[next++]) await fulfil(plan);
  }
  await Promise.all(Array.from({ length: CUSTOMERS }, customer));
  await Promise.all(later);
  return { accepted, cancelled, surprises };
}

function bodyOf({ customerId, lines }: OrderPlan) {
  return { customerId, contact: { email: `${customerId}@example.com` }, currency: "EUR", lines };
}
