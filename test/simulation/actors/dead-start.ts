import { ATTRIBUTES } from "../../../functions/contract/names.ts";
import { newOrder } from "../../../functions/domain/order.ts";
import type { World } from "../world.ts";
import { someOrder } from "./clients.ts";

/** Begins with orders whose events have all ended up in dead-letter queues, sent again or not yet. */
export function startInDeadLetters({ random, tables, facts, shards, queues, scheduler }: World): void {
  const orders = 1 + random.below(3);
  for (let i = 0; i < orders; i++) {
    const order = newOrder(someOrder(random, i), `old-${i}`, scheduler.now());
    void tables.orders.place(order);
    if (random.chance(0.4)) void tables.orders.cancel(order.orderId, scheduler.now());
  }
  facts.refresh();
  for (const shard of shards) shard.position = shard.rows.length;
  for (const [id, { event, body, consumers }] of facts.events) {
    facts.passed.add(id);
    for (const { consumer, deadLetters } of queues) {
      if (!consumers.includes(consumer)) continue;
      const count = random.below(5) - 1;
      const marks = count < 0 ? {} : { [ATTRIBUTES.redriveCount]: String(count) };
      deadLetters.send(body, { [ATTRIBUTES.type]: event.type, ...marks }, 0);
    }
  }
}
