import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { Copy } from "../../component/queue-simulator.ts";
import { accept } from "./compare-states.ts";
import { decided, type Known, type Reference, released } from "./reference.ts";
import { idOf, KEYS } from "./requests.ts";
import type { System } from "./system.ts";

/** Delivers picked copies to the system, and their events to the reference. */
export async function deliver(
  reference: Reference,
  system: System,
  consumer: QueueConsumer,
  picks: readonly number[],
): Promise<void> {
  const batch = system.take(consumer, picks);
  await system.deliver(consumer, batch);
  if (consumer === "notify-customer") return;
  for (const event of inTurn(batch)) {
    const key = KEYS.find((each) => idOf(each) === event.subject);
    const before = key === undefined ? undefined : reference.orders.get(key);
    if (key === undefined || before === undefined) continue;
    const after = effectOf(event, before, reference);
    accept(reference, system, key, possible(before, after, reference));
  }
}

function effectOf(event: OrderEvent, order: Known, reference: Reference): Known {
  // An event that contradicts its order is parked.
  if (JSON.stringify(event.data.lines) !== JSON.stringify(order.lines)) return order;
  return event.type === "order.created" ? decided(reference, order) : released(order);
}

/** While the order and stock store is down nothing happens; while a reply is lost it may have, or not. */
function possible(before: Known, after: Known, { broken }: Reference): readonly Known[] {
  if (broken.get("orderStockStore") === "down") return [before];
  // What cannot be parked is negative-acknowledged, and with it whatever came after it for the same order.
  return broken.has("orderStockStore") || broken.has("failedMessages") ? [after, before] : [after];
}

/** The second copy for an order runs after the first copies of all orders. */
function inTurn(batch: readonly Copy[]): OrderEvent[] {
  const seen = new Map<string, number>();
  const events = batch.map(({ body }) => {
    const event = JSON.parse(body) as OrderEvent;
    const turn = seen.get(event.subject) ?? 0;
    seen.set(event.subject, turn + 1);
    return { event, turn };
  });
  return events.sort((a, b) => a.turn - b.turn).map(({ event }) => event);
}
