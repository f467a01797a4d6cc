import type { ReleasePlan } from "../domain/plan-releases.ts";
import type { Images, ReservationPlan } from "../domain/plan-reservations.ts";

/** What became of a plan. Nothing was written unless it is `committed`. */
export type Commit =
  | { readonly kind: "committed" }
  /** At least one condition failed; the images tell how those rows are now. */
  | { readonly kind: "refused"; readonly images: Images }
  /** The request as a whole was not acceptable: decide one by one. `error` is the service's. */
  | { readonly kind: "invalid"; readonly error: unknown };

/**
 * Orders and stock, changed together. A plan MUST be applied whole or not at all, on these conditions:
 * an order to confirm or reject is PENDING and its lines have the digest; a SKU has at least the units to take;
 * an order to release is CANCELLED, holds its stock, and its lines have the digest; a SKU holds what is given back.
 *
 * A plan that meets another transaction on the same row MUST be tried again with jitter until `deadline`
 * (milliseconds since the epoch), and then rejected with the error of the service. It is never split.
 *
 * Example: with 3 units of A available, a plan that takes 4 of A is `refused` with `stock: {A → 3}`; with 1 unit of
 * A held, a plan that gives 2 of A back is `refused` with `stock: {A → 1}`.
 */
export interface OrderStockStore {
  reserve(plan: ReservationPlan, deadline: number): Promise<Commit>;
  release(plan: ReleasePlan, deadline: number): Promise<Commit>;
}
