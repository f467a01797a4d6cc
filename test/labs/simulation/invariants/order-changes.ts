import { sourcesOf } from "../../../../functions/contract/order-status.ts";
import type { Order } from "../../../../functions/orders/domain/order.ts";

/**
 * I3: stock changes from none to held to released, at most once each, and the version counts status transitions only.
 */
export function isLegalChange(before: Order | undefined, after: Order): boolean {
  if (before === undefined) {
    return after.status === "PENDING" && after.version === 1 && after.stockHeld === undefined;
  }
  if (before.requestHash !== after.requestHash || before.linesDigest !== after.linesDigest) return false;
  if (before.status === after.status) {
    const isRelease = after.status === "CANCELLED" && before.stockHeld === true && after.stockHeld === false;
    return isRelease && after.version === before.version;
  }
  if (after.version !== before.version + 1) return false;
  switch (after.status) {
    case "PENDING":
      return false;
    case "CONFIRMED":
      return before.status === "PENDING" && before.stockHeld === undefined && after.stockHeld === true;
    case "REJECTED":
      return before.status === "PENDING" && after.stockHeld === undefined && after.reason !== undefined;
    case "CANCELLED":
      return after.stockHeld === before.stockHeld;
    default:
      return sourcesOf(after.status).includes(before.status) && after.stockHeld === before.stockHeld;
  }
}
