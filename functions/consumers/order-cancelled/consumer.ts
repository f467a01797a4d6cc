import { defineConsumer } from "../define-consumer.ts";
import { effect } from "./effect.ts";

export const orderCancelled = defineConsumer({
  name: "order-cancelled",
  does: "Releases the stock that a cancelled order holds.",
  on: ["order.cancelled"],
  alsoByBrokers: true,
  access: ["orders-and-stock"],
  effect,
});
