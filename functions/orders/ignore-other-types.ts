import type { EventType } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { ignored, type Outcome } from "../middleware/outcome.ts";

type HandleMany = (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>;

/**
 * Hands on only events of these types. A filter that is wider than it should be, or a topic that carries every
 * type, must not make a consumer act on an event that it was not made for.
 */
export function ignoreOtherTypes(types: readonly EventType[], handle: HandleMany): HandleMany {
  return async (events, deadline) => {
    const ours = events.filter(({ type }) => types.includes(type));
    const outcomes = ours.length === 0 ? [] : await handle(ours, deadline);
    if (outcomes.length !== ours.length)
      throw new Error("The handler answered for another number of events.");
    const answers = outcomes.values();
    return events.map(({ type }) =>
      types.includes(type) ? (answers.next().value as Outcome) : ignored("type not ours"),
    );
  };
}
