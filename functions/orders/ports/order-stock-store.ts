import type { ReleasePlan } from "../domain/plan-releases.ts";
import type { Images, ReservationPlan } from "../domain/plan-reservations.ts";

/** The result of a plan. Nothing was written unless it is `committed`. */
export type Commit =
  | { readonly kind: "committed" }
  /** At least one condition failed; the images are the present state of those rows. */
  | { readonly kind: "refused"; readonly images: Images }
  /** The service refused the request as a whole: decide one by one. `error` is the service's. */
  | { readonly kind: "invalid"; readonly error: unknown };

/**
 * Orders and stock, changed together. A plan MUST be applied whole or not at all, on these conditions:
 * - an order to confirm or reject is PENDING and its lines have the digest;
 * - a SKU to take from has the units available;
 * - an order to release is CANCELLED, holds its stock, and its lines have the digest;
 * - a SKU to restore has the units held.
 *
 * A plan that conflicts with another transaction MUST be retried with jitter until `deadline` (milliseconds since the
 * epoch), and then rejected with the error of the service. It is never split.
 *
 * Example: with 3 units of A available, a plan that takes 4 is `refused` with `stock: {A → 3}`; with 1 unit of A held,
 * a plan that restores 2 is `refused` with `stock: {A → 1}`.
 */
export interface OrderStockStore {
  reserve(plan: ReservationPlan, deadline: number): Promise<Commit>;
  release(plan: ReleasePlan, deadline: number): Promise<Commit>;
}
