import { defineConsumer } from "../../../functions/consumers/define-consumer.ts";
import { effect } from "./effect.ts";

/** Every value that a declaration may have, each other than the settings'. */
export const extraReader = defineConsumer({
  name: "extra-reader",
  does: "Books the units of an order.",
  on: ["order.confirmed", "order.cancelled"],
  alsoByBrokers: false,
  access: ["orders", "effect-once"],
  tables: [
    { name: "points", partitionKey: "customerId", sortKey: "orderId" },
    { name: "point-codes", partitionKey: "code", ttl: "expiresAt" },
  ],
  batch: { size: 5, windowSeconds: 2, maxConcurrency: 4 },
  timeoutSeconds: 9,
  effect,
});
