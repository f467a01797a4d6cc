import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { readsTopic } from "../cloud/backbone.ts";
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
  const { oracle, queues, random, kafka } = system;
  for (const [id, known] of oracle.events) {
    const isTheirs = readsTopic(system) && known.consumers.includes("order-events-kafka");
    if (
      isTheirs &&
      isDone(system, "order-events-kafka", known) &&
      locationOf(system, "order-events-kafka", id) === undefined
    ) {
      // F5, F6: also without a key, or with a foreign one.
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
    () => "a replay of processed events changed orders, stock, mails or own tables",
  );
}
