import { defineConsumer } from "../define-consumer.ts";
import { effect } from "./effect.ts";

export const notifyCustomer = defineConsumer({
  name: "notify-customer",
  does: "Mails the customer what became of the order, at most once for each event.",
  on: ["order.confirmed", "order.rejected", "order.cancelled"],
  alsoByBrokers: false,
  access: ["orders", "notifications", "mail"],
  effect,
});
