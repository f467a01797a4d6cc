import { RABBITMQ_QUEUES } from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { isRead } from "../cloud/backbone.ts";
import { BROKERS, type EventConsumer, isBrokerPublisher } from "../cloud/consumers.ts";
import { eventMessage } from "../cloud/rabbitmq-queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isDone, locationOf } from "./each-step.ts";

/** The state that a replay must not change: orders, stock, sent mails and rows of own tables. */
export function stateOf({ tables, mailbox }: SimulatedSystem): string {
  const { orders, stock, own } = tables.rows;
  return JSON.stringify([[...orders], [...stock], [...mailbox.delivered], [...own]]);
}

/** I13: sends processed events to their queues again, once or twice. */
export function replayEvents(system: SimulatedSystem): void {
  const { oracle, queues, random, kafka, rabbitmq } = system;
  for (const [id, known] of oracle.events) {
    const { event, body } = known;
    const isProcessed = (consumer: EventConsumer) =>
      known.consumers.includes(consumer) &&
      isDone(system, consumer, known) &&
      locationOf(system, consumer, id) === undefined;
    if (isRead(system, "kafka") && isProcessed(BROKERS.kafka.consumer)) {
      // F5, F6: also without a key, or with a foreign one.
      const key = random.pick([event.subject, null, "elsewhere"]);
      kafka?.topic.append({ key, value: body, headers: { [ATTRIBUTES.type]: event.type } });
    }
    if (isRead(system, "rabbitmq") && isProcessed(BROKERS.rabbitmq.consumer))
      rabbitmq?.put(random.pick(RABBITMQ_QUEUES), eventMessage(event, body, {}));
    for (const { consumer, source } of queues) {
      if (isBrokerPublisher(consumer)) continue;
      if (!isProcessed(consumer)) continue;
      const times = 1 + random.below(2);
      for (let i = 0; i < times; i++) source.send(body, { [ATTRIBUTES.type]: event.type }, 0);
    }
  }
}

export function checkUnchanged(system: SimulatedSystem, before: string): void {
  assertInvariant(
    stateOf(system) === before,
    "I13",
    () => "a replay of processed events changed orders, stock, mails or own tables",
  );
}
