import { ATTRIBUTES, KAFKA } from "../../../../functions/contract/names.ts";
import { newOrder } from "../../../../functions/orders/domain/order.ts";
import { wayTo } from "../cloud/consumers.ts";
import { givenUp } from "../cloud/kafka-destination.ts";
import type { World } from "../simulated-system.ts";
import { someOrder } from "./clients.ts";

/** Begins with orders whose events have all ended up in dead-letter queues, sent again or not yet. */
export function startInDeadLetters(world: World): void {
  const { random, tables, facts, shards, queues, scheduler } = world;
  const orders = 1 + random.below(3);
  for (let i = 0; i < orders; i++) {
    const order = newOrder(someOrder(random, i), `old-${i}`, scheduler.now());
    void tables.orders.place(order);
    if (random.chance(0.4)) void tables.orders.move(order.orderId, "CANCELLED", scheduler.now());
  }
  facts.refresh();
  for (const shard of shards) shard.position = shard.rows.length;
  for (const [id, { event, body, consumers }] of facts.events) {
    for (const passed of Object.values(facts.passed)) passed.add(id);
    for (const { consumer, deadLetters } of queues) {
      const isWay = consumers.some((name) => wayTo(name).queue === consumer);
      if (!isWay) continue;
      if (consumer === "publish-to-kafka" && random.chance(0.5)) {
        givenUpBefore(world, event.subject, body);
        continue;
      }
      const count = random.below(5) - 1;
      const marks = count < 0 ? {} : { [ATTRIBUTES.dlqRetryCount]: String(count) };
      deadLetters.send(body, { [ATTRIBUTES.type]: event.type, ...marks }, 0);
    }
  }
}

/** A record that Lambda gave up on, as it lies in the dead-letter topic. */
function givenUpBefore({ kafka, scheduler }: World, key: string, value: string): void {
  const at = scheduler.now();
  const record = { key, value, headers: {}, topic: KAFKA.topic, partition: 0, offset: 1, at, deliveries: 0 };
  kafka?.deadLetters.append(givenUp(record, "RetriesExhausted"));
}
