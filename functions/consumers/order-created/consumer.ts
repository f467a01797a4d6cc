import { defineConsumer } from "../define-consumer.ts";
import { effect } from "./effect.ts";

export const orderCreated = defineConsumer({
  name: "order-created",
  does: "Reserves the stock of a new order and confirms it, or rejects it.",
  on: ["order.created"],
  alsoByBrokers: true,
  access: ["orders-and-stock"],
  effect,
});
