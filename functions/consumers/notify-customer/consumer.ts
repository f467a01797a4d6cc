import { MAILED_EVENTS } from "../../contract/order-status.ts";
import { defineConsumer } from "../define-consumer.ts";
import { effect } from "./effect.ts";

export const notifyCustomer = defineConsumer({
  name: "notify-customer",
  does: "Mails the customer what became of the order, at most once for each event.",
  on: MAILED_EVENTS,
  alsoByBrokers: false,
  access: ["orders", "notifications", "mail"],
  effect,
});
