import { markedEffect } from "../../../functions/consumers/define-consumer.ts";

export const effect = markedEffect(({ order: { orderId }, message: { eventType } }) => [
  `No points are booked for ${eventType} of order ${orderId}.`,
]);
