import { declarationOf, type QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { DeliveredMessage } from "../../component/queue-simulator.ts";
import { accept } from "./compare-states.ts";
import { decided, type Reference, type ReferenceOrder, released } from "./reference.ts";
import { idOf, KEYS } from "./requests.ts";
import type { System } from "./system.ts";

/** Delivers picked messages to the system, and their events to the reference. */
export async function deliver(
  reference: Reference,
  system: System,
  consumer: QueueConsumer,
  picks: readonly number[],
): Promise<void> {
  const batch = system.take(consumer, picks);
  await system.deliver(consumer, batch);
  // The reference holds orders and stock.
  if (!declarationOf(consumer).access.includes("orders-and-stock")) return;
  for (const event of inHandlingOrder(batch)) {
    const key = KEYS.find((each) => idOf(each) === event.subject);
    const before = key === undefined ? undefined : reference.orders.get(key);
    if (key === undefined || before === undefined) continue;
    const after = effectOf(event, before, reference);
    accept(reference, system, key, possible(before, after, reference));
  }
}

function effectOf(event: OrderEvent, order: ReferenceOrder, reference: Reference): ReferenceOrder {
  // An event that contradicts its order is parked.
  if (JSON.stringify(event.data.lines) !== JSON.stringify(order.lines)) return order;
  return event.type === "order.created" ? decided(reference, order) : released(order);
}

/** No effect while the order and stock store is down; with or without effect while replies are lost. */
function possible(
  before: ReferenceOrder,
  after: ReferenceOrder,
  { broken }: Reference,
): readonly ReferenceOrder[] {
  if (broken.get("orderStockStore") === "down") return [before];
  // A message that cannot be parked is negative-acknowledged, with the later ones of its order.
  return broken.has("orderStockStore") || broken.has("failedMessages") ? [after, before] : [after];
}

/** The second message of an order is handled after the first messages of all orders. */
function inHandlingOrder(batch: readonly DeliveredMessage[]): OrderEvent[] {
  const turns = new Map<string, number>();
  const events = batch.map(({ body }) => {
    const event = JSON.parse(body) as OrderEvent;
    const turn = turns.get(event.subject) ?? 0;
    turns.set(event.subject, turn + 1);
    return { event, turn };
  });
  return events.sort((a, b) => a.turn - b.turn).map(({ event }) => event);
}
