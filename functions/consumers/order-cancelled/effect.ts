import type { ConsumerEffect } from "../define-consumer.ts";

/** The cancelled order holds no stock. */
export const effect: ConsumerEffect = {
  isThere: ({ order: { status, stockHeld } }) =>
    status === "CANCELLED" && stockHeld !== true ? "no stock is held" : undefined,
  undone: ({ order: { orderId, lines, stockHeld } }) => {
    if (stockHeld !== true) return [];
    const units = lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");
    return [`Stock stays held for the cancelled order ${orderId}: ${units}.`];
  },
};
