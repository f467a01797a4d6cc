import { declarationOf, isQueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../../functions/consumers/define-consumer.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { type EffectWrite, onceForEach, rowOf } from "../../../functions/middleware/effect-once.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import { releaseStock } from "../../../functions/orders/release-stock.ts";
import { reserveStock } from "../../../functions/orders/reserve-stock.ts";
import { sendNotifications } from "../../../functions/orders/send-notifications.ts";
import type { EventConsumer } from "./cloud/consumers.ts";
import type { KnownEvent } from "./oracle.ts";
import type { HandleMany, Ports } from "./parts.ts";
import type { SimulatedSystem } from "./simulated-system.ts";

/** The effect of a consumer in the simulation. */
export interface SimulatedEffect {
  readonly handle: (ports: Ports) => HandleMany<OrderEvent>;
  /** Whether the effect of an event is done, or no longer wanted. */
  readonly isDone: (system: SimulatedSystem, known: KnownEvent) => boolean;
  /** Whether the tables show each effect, so that maintenance resolves a row once its effect is done. */
  readonly isShown: boolean;
}

const orderOf = ({ tables }: SimulatedSystem, { event }: KnownEvent) => tables.rows.orders.get(event.subject);

const ORDER_CREATED: SimulatedEffect = {
  handle: reserveStock,
  isDone: (system, known) => (orderOf(system, known)?.status ?? "PENDING") !== "PENDING",
  isShown: true,
};
const ORDER_CANCELLED: SimulatedEffect = {
  handle: releaseStock,
  isDone(system, known) {
    const { status, stockHeld } = orderOf(system, known) ?? {};
    return status === "CANCELLED" && stockHeld !== true;
  },
  isShown: true,
};
/** The effects with a use-case. Those of other consumers follow from their declarations. */
const BY_USE_CASE: ReadonlyMap<string, SimulatedEffect> = new Map([
  ["order-created", ORDER_CREATED],
  ["order-cancelled", ORDER_CANCELLED],
  [
    "notify-customer",
    {
      handle: sendNotifications,
      isDone(system, known) {
        const order = orderOf(system, known);
        if (order === undefined) return false;
        return order.version > known.event.data.orderVersion || system.mailbox.delivered.has(known.subject);
      },
      isShown: false,
    },
  ],
]);

export function effectOf(consumer: EventConsumer): SimulatedEffect {
  const known = BY_USE_CASE.get(consumer);
  if (known !== undefined) return known;
  if (!isQueueConsumer(consumer)) throw new RangeError(`${consumer} has no effect of its own.`);
  return declaredEffect(declarationOf(consumer));
}

function declaredEffect(declared: ConsumerDeclaration): SimulatedEffect {
  return declared.access.includes("effect-once") ? once(declared) : atLeastOnce(declared);
}

/** A row for each event that counts its effects, in one of its tables where it has any. */
function once({ name, tables: [own] = [] }: ConsumerDeclaration): SimulatedEffect {
  const write = (eventId: string): EffectWrite => ({
    kind: "update",
    table: `${name}-${own?.name ?? "effects"}`,
    key: {
      [own?.partitionKey ?? "id"]: eventId,
      ...(own?.sortKey !== undefined && { [own.sortKey]: "effect" }),
    },
    add: { [EFFECTS]: 1 },
  });
  return {
    handle: ({ effectOnceOf }) => onceForEach(effectOnceOf(name), ({ id }) => ({ writes: [write(id)] })),
    isDone: ({ tables }, { event }) => tables.rows.own.has(rowOf(write(event.id))),
    isShown: true,
  };
}

/** The attribute that counts how often an event had its effect. */
export const EFFECTS = "effects";

/** An effect that the tables do not show: it counts as done once its event was handled. */
function atLeastOnce({ name, effect }: ConsumerDeclaration): SimulatedEffect {
  return {
    handle:
      ({ handled }) =>
      async (events) => {
        for (const { id } of events) handled.add(`${name} ${id}`);
        return events.map(() => DONE);
      },
    isDone(system, known) {
      const { id: eventId, type: eventType } = known.event;
      if (system.parts.ports.handled.has(`${name} ${eventId}`)) return true;
      const order = orderOf(system, known);
      const state = system.tables.rows.mails.get(eventId) ?? "skipped";
      const notification = state === "skipped" ? "none" : state;
      return (
        order !== undefined &&
        effect.check({ message: { eventId, eventType }, order, notification, isMarked: false }).effect ===
          "done"
      );
    },
    isShown: false,
  };
}
