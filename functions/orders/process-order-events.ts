import type { EventType } from "../contract/order-status.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { ignored, type Outcome } from "../middleware/outcome.ts";

type HandleMany = (events: readonly OrderEvent[], deadline: number) => Promise<readonly Outcome[]>;

/**
 * Events of a topic that carries every type. Lanes have no order among each other, so cancellations come first: the
 * stock that they release is available to the creations of the same batch.
 */
export function processOrderEvents(use: { readonly reserve: HandleMany; readonly release: HandleMany }) {
  const handlers: readonly (readonly [EventType, HandleMany])[] = [
    ["order.cancelled", use.release],
    ["order.created", use.reserve],
  ];
  const types = handlers.map(([type]) => type);
  return ignoreOtherTypes(types, async (events, deadline) => {
    const outcomes: Outcome[] = [];
    for (const round of roundsOf(events)) {
      for (const [type, handle] of handlers) {
        const indices = round.filter((index) => events[index]?.type === type);
        if (indices.length === 0) continue;
        const answers = await handle(
          indices.flatMap((index) => events[index] ?? []),
          deadline,
        );
        if (answers.length !== indices.length)
          throw new Error("The handler returned another number of outcomes.");
        for (const [i, index] of indices.entries()) outcomes[index] = answers[i] as Outcome;
      }
    }
    return outcomes;
  });
}

/**
 * Indices in rounds that hold each order once, because a transaction may write a row only once. An order comes twice
 * where its records have different keys or none, and so are in different lanes.
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
 * Ignores events of other types. Neither a filter that is too wide nor a topic with every type may make a consumer
 * process an event that it does not subscribe to.
 */
export function ignoreOtherTypes(types: readonly EventType[], handle: HandleMany): HandleMany {
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
