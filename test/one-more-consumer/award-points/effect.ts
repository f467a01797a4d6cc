import type { ConsumerEffect } from "../../../functions/consumers/define-consumer.ts";

export const effect: ConsumerEffect = {
  isThere: ({ order: { status } }) => (status === "CANCELLED" ? "the order is cancelled" : undefined),
  undone: ({ order: { orderId } }) => [`No points are awarded for order ${orderId}.`],
};
