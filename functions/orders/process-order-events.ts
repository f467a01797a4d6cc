import { type EventType, KAFKA_EVENT_TYPES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { ignored, type Outcome } from "../middleware/outcome.ts";

type HandleMany = (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>;

/**
 * A topic that carries every type: creations and cancellations go to the same use-cases as those from queues.
 * Among lanes there is no order, so what cancellations give back is there before creations ask for it.
 */
export function processOrderEvents(use: { readonly reserve: HandleMany; readonly release: HandleMany }) {
  return ignoreOtherTypes(KAFKA_EVENT_TYPES, async (events, deadline) => {
    const outcomes: Outcome[] = [];
    for (const round of roundsOf(events)) {
      for (const [type, handle] of [
        ["order.cancelled", use.release],
        ["order.created", use.reserve],
      ] as const) {
        const indices = round.filter((index) => events[index]?.type === type);
        if (indices.length === 0) continue;
        const answers = await handle(
          indices.flatMap((index) => events[index] ?? []),
          deadline,
        );
        if (answers.length !== indices.length) throw new Error("The handler answered for another number.");
        for (const [i, index] of indices.entries()) outcomes[index] = answers[i] as Outcome;
      }
    }
    return outcomes;
  });
}

/**
 * Indices in rounds that hold each order once. An order comes a second time where its records have different
 * keys or none: the lanes cannot know that they belong together, and no transaction takes one row twice.
 */
function roundsOf(events: readonly OrderEvent[]): readonly (readonly number[])[] {
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  for (const [index, { subject }] of events.entries()) {
    const round = seen.get(subject) ?? 0;
    seen.set(subject, round + 1);
    const indices = rounds[round];
    if (indices === undefined) rounds[round] = [index];
    else indices.push(index);
  }
  return rounds;
}

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
