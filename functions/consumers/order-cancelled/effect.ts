import type { ConsumerEffect } from "../define-consumer.ts";

/** The cancelled order holds no stock. */
export const effect: ConsumerEffect = {
  check: ({ order: { status, stockHeld } }) =>
    status === "CANCELLED" && stockHeld !== true
      ? { effect: "done", because: "no stock is held" }
      : { effect: "missing", because: `the order is ${status}` },
  undone: ({ order: { orderId, lines, stockHeld } }) => {
    if (stockHeld !== true) return [];
    const units = lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");
    return [`Stock stays held for the cancelled order ${orderId}: ${units}.`];
  },
};
