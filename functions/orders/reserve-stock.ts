import { LIMITS } from "../contract/limits.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { classify, type Outcome, retry } from "../middleware/outcome.ts";
import { linesDigest } from "./domain/order.ts";
import {
  type Images,
  NOTHING_KNOWN,
  type OrderLines,
  outcomesOf,
  planReservations,
  type ReservationPlan,
} from "./domain/plan-reservations.ts";
import type { Commit, OrderStockStore } from "./ports/order-stock-store.ts";

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
    commitInGroups(policy, events.map(orderLinesOf), deadline);
}

/** The digest ties the event to the lines of its order row. */
export function orderLinesOf(event: OrderEvent): OrderLines {
  const { lines } = event.data;
  return { orderId: event.subject, lines, linesDigest: linesDigest(lines) };
}

export interface GroupPolicy<Plan> {
  plan(orders: readonly OrderLines[], known: Images): Plan;
  /** Whether the plan holds anything to write. */
  writes(plan: Plan): boolean;
  commit(plan: Plan, deadline: number): Promise<Commit>;
  outcomes(plan: Plan): ReadonlyMap<string, Outcome>;
  /** Whether these images can only be decided one by one. */
  splitsOn(images: Images): boolean;
}

const ROUNDS = 3;
const CONTENDED = new Error("The rows changed between each read and write.");

/**
 * Commits orders in as few transactions as hold them. The outcomes equal those of one by one, in sequence. No two
 * orders may be the same.
 */
export async function commitInGroups<Plan>(
  policy: GroupPolicy<Plan>,
  orders: readonly OrderLines[],
  deadline: number,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  for (const group of groupsOf(orders)) {
    for (const [id, outcome] of await commitGroup(policy, group, deadline)) outcomes.set(id, outcome);
  }
  return orders.map((order) => outcomes.get(order.orderId) ?? retry(CONTENDED));
}

/** Runs of orders whose rows, SKUs included, fit into one transaction. */
function* groupsOf(orders: readonly OrderLines[]): Generator<readonly OrderLines[]> {
  let group: OrderLines[] = [];
  let skus = new Set<string>();
  for (const order of orders) {
    const own = order.lines.map((line) => line.sku);
    const grown = new Set([...skus, ...own]);
    const fits = group.length + 1 + grown.size <= LIMITS.transactionActions;
    if (group.length > 0 && !fits) {
      yield group;
      group = [];
    }
    skus = group.length === 0 ? new Set(own) : grown;
    group.push(order);
  }
  if (group.length > 0) yield group;
}

async function commitGroup<Plan>(
  policy: GroupPolicy<Plan>,
  orders: readonly OrderLines[],
  deadline: number,
): Promise<ReadonlyMap<string, Outcome>> {
  let known = NOTHING_KNOWN;
  let why: unknown = CONTENDED;
  for (let round = 1; round <= ROUNDS; round++) {
    const plan = policy.plan(orders, known);
    if (!policy.writes(plan)) return policy.outcomes(plan);
    const commit = await attempt(() => policy.commit(plan, deadline));
    if (commit.kind === "failed") return new Map(orders.map((order) => [order.orderId, commit.outcome]));
    if (commit.kind === "committed") return policy.outcomes(plan);
    if (commit.kind === "invalid") {
      why = commit.error;
      break;
    }
    known = {
      orders: new Map([...known.orders, ...commit.images.orders]),
      stock: new Map([...known.stock, ...commit.images.stock]),
    };
    if (orders.length > 1 && policy.splitsOn(known)) break;
  }
  if (orders.length === 1) return new Map(orders.map((order) => [order.orderId, retry(why)]));

  const outcomes = new Map<string, Outcome>();
  for (const order of orders) {
    for (const [id, outcome] of await commitGroup(policy, [order], deadline)) outcomes.set(id, outcome);
  }
  return outcomes;
}

async function attempt(
  commit: () => Promise<Commit>,
): Promise<Commit | { kind: "failed"; outcome: Outcome }> {
  try {
    return await commit();
  } catch (error) {
    return { kind: "failed", outcome: classify(error) };
  }
}
