import type { EventType } from "../contract/order-status.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { Outcome } from "../middleware/outcome.ts";
import { type HandleEvents, ignoreOtherTypes } from "./ignore-other-types.ts";

/**
 * Events of a topic that carries every type. Lanes have no sequence among each other, so cancellations come first: the
 * stock that they release is available to the creations of the same batch.
 */
export function processOrderEvents(use: { readonly reserve: HandleEvents; readonly release: HandleEvents }) {
  const handlers: readonly (readonly [EventType, HandleEvents])[] = [
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
