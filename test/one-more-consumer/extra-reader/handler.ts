import { effectOnceOf } from "../../../functions/handlers/wiring/effect-once-of.ts";
import { eventConsumer } from "../../../functions/handlers/wiring/event-consumer.ts";
import { ownTables } from "../../../functions/handlers/wiring/own-tables.ts";
import { onceForEach } from "../../../functions/middleware/effect-once.ts";
import { extraReader } from "./consumer.ts";

/** order.confirmed → one point for each unit; order.cancelled → they are taken back. */
const { points } = ownTables(extraReader);

export const handler = eventConsumer(
  extraReader,
  onceForEach(effectOnceOf(extraReader), ({ type, subject: orderId, data: { customerId, lines } }) => {
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const sum = type === "order.cancelled" ? -units : units;
    return {
      writes: [{ kind: "update", table: points, key: { customerId, orderId }, add: { points: sum } }],
    };
  }),
);
