import type { Clock } from "../middleware/clock.ts";
import { DONE, ignored, type Outcome, park, retry } from "../middleware/outcome.ts";
import type { Transition } from "../orders/domain/order.ts";
import type { Publisher } from "./ports/publisher.ts";

const PARK_AFTER_MS = 60_000;

/**
 * Publishes each status transition. An event that the topic refuses for good, or for a minute, is parked, so that the
 * shard advances; maintenance retries it.
 */
export function publishTransitions(ports: { publisher: Publisher; clock: Clock }) {
  return async (transitions: readonly Transition[], deadline?: number): Promise<Outcome[]> => {
    const events = transitions.flatMap(({ event }) => event ?? []);
    const answers = events.length === 0 ? [] : await ports.publisher.publish(events, deadline);
    const now = ports.clock.now();
    let next = 0;
    return transitions.map(({ event, changedAt }) => {
      if (event === undefined) return ignored("no status transition");
      const answer = answers[next++];
      if (answer?.kind === "published") return DONE;
      const error = answer?.error ?? new Error("The publisher returned no result for this event.");
      const isLost = answer?.permanent === true || now - changedAt > PARK_AFTER_MS;
      return isLost ? park("PUBLISH_FAILED", error) : retry(error);
    });
  };
}
