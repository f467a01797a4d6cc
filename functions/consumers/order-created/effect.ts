import type { ConsumerEffect } from "../define-consumer.ts";

/** The order is decided: CONFIRMED or REJECTED, or cancelled since. */
export const effect: ConsumerEffect = {
  check: ({ order: { status } }) => ({
    effect: status === "PENDING" ? "missing" : "done",
    because: `the order is ${status}`,
  }),
  undone: ({ order }) => [`Order ${order.orderId} stays PENDING: no stock is held for it.`],
};
