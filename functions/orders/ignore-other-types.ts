import type { EventType } from "../contract/order-status.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { ignored, type Outcome } from "../middleware/outcome.ts";

export type HandleEvents = (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>;

/**
 * Ignores events of other types. Neither a filter that is too wide nor a topic with every type may make a consumer
 * process an event that it does not subscribe to.
 */
export function ignoreOtherTypes(types: readonly EventType[], handle: HandleEvents): HandleEvents {
  return async (events, deadline) => {
    const ours = events.filter(({ type }) => types.includes(type));
    const outcomes = ours.length === 0 ? [] : await handle(ours, deadline);
    if (outcomes.length !== ours.length) throw new Error("The handler returned another number of outcomes.");
    const answers = outcomes.values();
    return events.map(({ type }) =>
      types.includes(type) ? (answers.next().value as Outcome) : ignored("type not ours"),
    );
  };
}
