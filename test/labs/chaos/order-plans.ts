import type { Line } from "../../../functions/contract/schemas.ts";
import type { Random } from "../simulation/engine/random.ts";

/** The requests of a customer for one order. */
export interface OrderPlan {
  readonly key: string;
  readonly customerId: string;
  readonly lines: readonly Line[];
  readonly cancel: Cancel;
  /** Sends the same request again after it was accepted. */
  readonly repeats: boolean;
  /** Sends another order under the same key. */
  readonly contradicts: boolean;
}

/** `at once` is before most orders are processed; `twice` calls concurrently. */
export type Cancel =
  | { readonly kind: "never" | "at once" | "twice" }
  | { readonly kind: "later"; readonly afterMs: number };

export interface OrderPlans {
  readonly orders: readonly OrderPlan[];
  /** Stock at the start, by SKU. */
  readonly stock: ReadonlyMap<string, number>;
}

const SKUS = Array.from({ length: 24 }, (_, i) => `sku-${i}`);
const UNKNOWN_SKU = "sku-unknown";
/** Share of the ordered units in stock. The rest is rejected, except where cancellations release stock. */
const COVERED = 0.45;

export function makeOrderPlans(count: number, random: Random): OrderPlans {
  const orders = Array.from({ length: count }, (_, index) => plan(index, random));
  const wanted = new Map(SKUS.map((sku) => [sku, 0]));
  for (const { sku, quantity } of orders.flatMap(({ lines }) => lines)) {
    const units = wanted.get(sku);
    if (units !== undefined) wanted.set(sku, units + quantity);
  }
  const stock = new Map([...wanted].map(([sku, units]) => [sku, Math.ceil(units * COVERED)]));
  return { orders, stock };
}

function plan(index: number, random: Random): OrderPlan {
  const skus = random.chance(0.01)
    ? [UNKNOWN_SKU]
    : Array.from({ length: 1 + random.below(3) }, () => random.pick(SKUS));
  return {
    key: `chaos-${index}`,
    customerId: `customer-${index % 100}`,
    lines: skus.map((sku) => ({ sku, quantity: 1 + random.below(3), unitPrice: 450 })),
    cancel: cancelling(random),
    repeats: random.chance(0.05),
    contradicts: random.chance(0.02),
  };
}

function cancelling(random: Random): Cancel {
  const dice = random.next();
  if (dice < 0.06) return { kind: "at once" };
  if (dice < 0.1) return { kind: "twice" };
  if (dice < 0.2) return { kind: "later", afterMs: random.next() * 3_000 };
  return { kind: "never" };
}
