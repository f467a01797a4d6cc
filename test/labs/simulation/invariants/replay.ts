import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { readsTopic } from "../cloud/backbone.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isDone, locationOf } from "./each-step.ts";

/** What a replay must leave alone: orders, stock and the mails that went out. */
export function stateOf({ tables, mailbox }: SimulatedSystem): string {
  const { orders, stock } = tables.rows;
  return JSON.stringify([[...orders], [...stock], [...mailbox.delivered]]);
}

/** I13: puts events that are done into their queues again, each once or twice, as if a year had passed. */
export function replayEvents(system: SimulatedSystem): void {
  const { oracle, queues, random, kafka } = system;
  for (const [id, known] of oracle.events) {
    const isTheirs = readsTopic(system) && known.consumers.includes("order-events-kafka");
    if (
      isTheirs &&
      isDone(system, "order-events-kafka", known) &&
      locationOf(system, "order-events-kafka", id) === undefined
    ) {
      // F5, F6: also without a key, or under that of another order.
      const key = random.pick([known.event.subject, null, "elsewhere"]);
      kafka?.topic.append({ key, value: known.body, headers: { [ATTRIBUTES.type]: known.event.type } });
    }
    for (const { consumer, source } of queues) {
      if (consumer === "publish-to-kafka") continue;
      const isTheirs = known.consumers.includes(consumer) && isDone(system, consumer, known);
      if (!isTheirs || locationOf(system, consumer, id) !== undefined) continue;
      const times = 1 + random.below(2);
      for (let i = 0; i < times; i++) source.send(known.body, { [ATTRIBUTES.type]: known.event.type }, 0);
    }
  }
}

export function checkUnchanged(system: SimulatedSystem, before: string): void {
  assertInvariant(
    stateOf(system) === before,
    "I13",
    () => "a replay of events that were done changed orders, stock or mails",
  );
}
