import type { QueueConsumer } from "../../../../functions/consumers/consumers.ts";
import type { Published, Publisher } from "../../../../functions/publishing/ports/publisher.ts";
import type { ErrorReply } from "../engine/port-calls.ts";
import type { Random } from "../engine/random.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Facts } from "../recorded-facts.ts";
import { holds } from "../violation.ts";
import type { Backbone } from "./backbone.ts";
import { QUEUE_CONSUMERS } from "./consumers.ts";
import type { SimQueue } from "./queue.ts";

export interface TopicOptions {
  readonly facts: Facts;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** How likely an event is refused, and how likely a queue cannot be reached. */
  readonly failing: () => number;
  readonly duplicating: () => number;
  /** Whether the subscription of a consumer lets a type through. */
  readonly takes: Backbone["takes"];
  readonly queueOf: (name: QueueConsumer) => SimQueue;
  /** Where the subscription leaves what it could not deliver. */
  readonly undeliveredOf: (name: QueueConsumer) => SimQueue;
}

/** The topic with its filters: an event goes to each queue that subscribes to its type, at least once. */
export function simTopic({
  facts,
  scheduler,
  random,
  failing,
  duplicating,
  takes,
  queueOf,
  undeliveredOf,
}: TopicOptions): Publisher {
  return {
    async publish(events, _, texts = []) {
      const isAgain = scheduler.acting?.name !== "publish-events";
      return events.map((event, index): Published => {
        const known = facts.events.get(event.id);
        holds(known !== undefined, "I5", () => `${event.id} is published, and no transition made it`);
        const body = texts[index] ?? JSON.stringify(event);
        holds(
          facts.eventOfBody(body) === event.id,
          "I5",
          () => `${event.id} is published with another content`,
        );
        if (isAgain) facts.republished.add(event.id);
        if (random.chance(failing())) {
          if (isAgain) facts.refused.add(event.id);
          return {
            kind: "refused",
            permanent: random.chance(0.2),
            error: new Error("The topic refused it."),
          };
        }
        facts.refused.delete(event.id);
        for (const name of QUEUE_CONSUMERS) {
          if (!takes(name, event.type)) continue;
          const queue = random.chance(failing()) ? undeliveredOf(name) : queueOf(name);
          const copies = random.chance(duplicating()) ? 2 : 1;
          for (let i = 0; i < copies; i++) {
            queue.send(body, { type: event.type }, random.chance(0.3) ? random.below(20_000) : 0);
          }
        }
        return { kind: "published" };
      });
    },
  };
}

/** The adapter answers for an outage: every event is refused. */
export const topicErrors: ErrorReply = ([events], error): Published[] =>
  (events as readonly unknown[]).map(() => ({ kind: "refused", permanent: false, error }));
