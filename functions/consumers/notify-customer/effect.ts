import type { ConsumerEffect } from "../define-consumer.ts";

/** The mail was sent, or the order has another status since. */
export const effect: ConsumerEffect = {
  check({ message, order, notification }) {
    if (notification === "sent") return { effect: "done", because: "the mail was sent" };
    // A claim that is neither sent nor released has an unknown outcome: the operator decides, superseded or not.
    if (notification === "sending")
      return { effect: "unknown", because: "the mail may or may not have been sent" };
    const version = Number(message.eventId?.split(":")[1]);
    return order.version > version
      ? { effect: "done", because: "the order has changed since" }
      : { effect: "missing", because: `the order is ${order.status}` };
  },
  undone: ({ message: { eventType }, order, notification }) => [
    notification === "sending"
      ? `The mail about ${eventType} of order ${order.orderId} may or may not have been sent.`
      : `The mail about ${eventType} of order ${order.orderId} is not sent.`,
  ],
  isInDoubt: ({ notification }) => notification === "sending",
};
