import type { Published, Publisher } from "../../../../functions/publishing/ports/publisher.ts";
import type { ErrorReply } from "../engine/port-calls.ts";
import type { Random } from "../engine/random.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Oracle } from "../oracle.ts";
import { assertInvariant } from "../violation.ts";
import type { Backbone } from "./backbone.ts";
import type { QueueOwner } from "./consumers.ts";
import type { SimQueue } from "./queue.ts";

export interface TopicOptions {
  readonly oracle: Oracle;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Probability that the topic refuses an event or cannot deliver to a queue. */
  readonly failing: () => number;
  readonly duplicating: () => number;
  /** Whether the filter policy of a subscription accepts a type. */
  readonly takes: Backbone["takes"];
  readonly owners: readonly QueueOwner[];
  readonly queueOf: (name: QueueOwner) => SimQueue;
  /** Dead-letter queue of the subscription. */
  readonly undeliveredOf: (name: QueueOwner) => SimQueue;
}

/** The topic with its filters: an event goes to each queue that subscribes to its type, at least once. */
export function simTopic({
  oracle,
  scheduler,
  random,
  failing,
  duplicating,
  takes,
  owners,
  queueOf,
  undeliveredOf,
}: TopicOptions): Publisher {
  return {
    async publish(events) {
      const isAgain = scheduler.acting?.name !== "publish-events";
      return events.map(({ event, text: body = JSON.stringify(event) }): Published => {
        const known = oracle.events.get(event.id);
        assertInvariant(
          known !== undefined,
          "I5",
          () => `${event.id} is published, and no transition made it`,
        );
        assertInvariant(
          oracle.eventOfBody(body) === event.id,
          "I5",
          () => `${event.id} is published with another content`,
        );
        if (isAgain) oracle.republished.add(event.id);
        if (random.chance(failing())) {
          if (isAgain) oracle.refused.add(event.id);
          return {
            kind: "refused",
            permanent: random.chance(0.2),
            error: new Error("The topic refused it."),
          };
        }
        oracle.refused.delete(event.id);
        for (const name of owners) {
          if (!takes(name, event.type)) continue;
          const queue = random.chance(failing()) ? undeliveredOf(name) : queueOf(name);
          const deliveries = random.chance(duplicating()) ? 2 : 1;
          for (let i = 0; i < deliveries; i++) {
            queue.send(body, { type: event.type }, random.chance(0.3) ? random.below(20_000) : 0);
          }
        }
        return { kind: "published" };
      });
    },
  };
}

/** The adapter reports an outage as a refusal of each event. */
export const topicErrors: ErrorReply = ([events], error): Published[] =>
  (events as readonly unknown[]).map(() => ({ kind: "refused", permanent: false, error }));
