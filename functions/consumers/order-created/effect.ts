import type { ConsumerEffect } from "../define-consumer.ts";

/** The order is decided: CONFIRMED or REJECTED, or cancelled since. */
export const effect: ConsumerEffect = {
  isThere: ({ order: { status } }) => (status === "PENDING" ? undefined : `the order is ${status}`),
  undone: ({ order }) => [`Order ${order.orderId} stays PENDING: no stock is held for it.`],
};
