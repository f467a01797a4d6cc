import type { ConsumerEffect } from "../define-consumer.ts";

/** The mail was sent, or the order has another status since. */
export const effect: ConsumerEffect = {
  isThere({ message, order, notification }) {
    if (notification === "sent") return "the mail was sent";
    const version = Number(message.eventId?.split(":")[1]);
    // A claim that is neither sent nor released has an unknown outcome: the operator decides, superseded or not.
    return notification === "none" && order.version > version ? "the order has changed since" : undefined;
  },
  undone: ({ message: { eventType }, order, notification }) => [
    notification === "sending"
      ? `The mail about ${eventType} of order ${order.orderId} may or may not be sent.`
      : `The mail about ${eventType} of order ${order.orderId} is not sent.`,
  ],
  isInDoubt: ({ notification }) => notification === "sending",
};
