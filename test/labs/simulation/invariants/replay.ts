import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { readsTopic } from "../cloud/backbone.ts";
import type { World } from "../simulated-system.ts";
import { holds } from "../violation.ts";
import { isDone, placesOf } from "./each-step.ts";

/** What a replay must leave alone: orders, stock and the mails that went out. */
export function stateOf({ tables, mailbox }: World): string {
  const { orders, stock } = tables.rows;
  return JSON.stringify([[...orders], [...stock], [...mailbox.delivered]]);
}

/** I13: puts events that are done into their queues again, each once or twice, as if a year had passed. */
export function sendRedrive(world: World): void {
  const { facts, queues, random, kafka } = world;
  for (const [id, known] of facts.events) {
    const isTheirs = readsTopic(world) && known.consumers.includes("order-events-kafka");
    if (
      isTheirs &&
      isDone(world, "order-events-kafka", known) &&
      placesOf(world, "order-events-kafka", id) === undefined
    ) {
      // F5, F6: also without a key, or under that of another order.
      const key = random.pick([known.event.subject, null, "elsewhere"]);
      kafka?.topic.append({ key, value: known.body, headers: { [ATTRIBUTES.type]: known.event.type } });
    }
    for (const { consumer, source } of queues) {
      if (consumer === "publish-to-kafka") continue;
      const isTheirs = known.consumers.includes(consumer) && isDone(world, consumer, known);
      if (!isTheirs || placesOf(world, consumer, id) !== undefined) continue;
      const copies = 1 + random.below(2);
      for (let i = 0; i < copies; i++) source.send(known.body, { [ATTRIBUTES.type]: known.event.type }, 0);
    }
  }
}

export function checkUnchanged(world: World, before: string): void {
  holds(
    stateOf(world) === before,
    "I13",
    () => "a replay of events that were done changed orders, stock or mails",
  );
}
