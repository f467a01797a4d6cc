import { KAFKA, RABBITMQ, RABBITMQ_PUBLISHER } from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { newOrder } from "../../../../functions/orders/domain/order.ts";
import { routeTo } from "../cloud/consumers.ts";
import { givenUp } from "../cloud/kafka-destination.ts";
import { eventMessage } from "../cloud/rabbitmq-queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { randomOrder } from "./clients.ts";

/** Starts with orders whose events are all in dead-letter queues, retried or not. */
export function startInDeadLetters(system: SimulatedSystem): void {
  const { random, tables, oracle, shards, queues, scheduler, rabbitmq } = system;
  const orders = 1 + random.below(3);
  /** A count of retries; 4 is more than there may be. */
  const retries = (): Readonly<Record<string, string>> => {
    const count = random.below(5) - 1;
    return count < 0 ? {} : { [ATTRIBUTES.dlqRetryCount]: String(count) };
  };
  for (let i = 0; i < orders; i++) {
    const order = newOrder(randomOrder(random, i), `old-${i}`, scheduler.now());
    void tables.orders.place(order);
    if (random.chance(0.4)) void tables.orders.move(order.orderId, "CANCELLED", scheduler.now());
  }
  oracle.refresh();
  for (const shard of shards) shard.position = shard.rows.length;
  for (const [id, { event, body, consumers }] of oracle.events) {
    for (const passed of Object.values(oracle.passed)) passed.add(id);
    for (const { consumer, deadLetters } of queues) {
      const isOnRoute = consumers.some((name) => routeTo(name).queue === consumer);
      if (!isOnRoute) continue;
      if (consumer === "publish-to-kafka" && random.chance(0.5)) {
        givenUpBefore(system, event.subject, body);
        continue;
      }
      if (consumer === RABBITMQ_PUBLISHER && random.chance(0.5)) {
        rabbitmq?.put(RABBITMQ.deadLetterQueue, eventMessage(event, body, retries()));
        continue;
      }
      deadLetters.send(body, { [ATTRIBUTES.type]: event.type, ...retries() }, 0);
    }
  }
}

/** A record of the dead-letter topic that Lambda gave up on. */
function givenUpBefore({ kafka, scheduler }: SimulatedSystem, key: string, value: string): void {
  const at = scheduler.now();
  const record = { key, value, headers: {}, topic: KAFKA.topic, partition: 0, offset: 1, at, deliveries: 0 };
  kafka?.deadLetters.append(givenUp(record, "RetriesExhausted"));
}
