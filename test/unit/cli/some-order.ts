import type { OrderView } from "../../../functions/contract/schemas.ts";

/** A confirmed order with the id `A`. */
export const someOrder = (changes: Partial<OrderView> = {}): OrderView => ({
  orderId: "A",
  customerId: "ada",
  status: "CONFIRMED",
  lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
  amount: { currency: "EUR", minorUnits: 900 },
  version: 2,
  createdAt: "2026-01-01T12:00:00.000Z",
  updatedAt: "2026-01-01T12:00:01.000Z",
  ...changes,
});
