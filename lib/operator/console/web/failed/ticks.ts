import { useState } from "preact/hooks";
import { MOST_NAMED_MESSAGES } from "../../../../../functions/contract/failures.ts";
import type { FailedSummary } from "../../../../../functions/contract/operator-answers.ts";
import type { SeenMessage } from "./failed-api.ts";

/** A message of a list; its reason determines the acts on it. */
export type TickableMessage = SeenMessage & Pick<FailedSummary, "reason">;

/** The ticked messages of a list, each in the generation that the operator saw. */
export interface Ticked {
  readonly messages: ReadonlyMap<string, TickableMessage>;
  /** The row that was ticked or unticked last: a range begins there. */
  readonly last?: string;
}

export const NOTHING_TICKED: Ticked = { messages: new Map() };

/** Changes the tick of a row; as a range, gives all rows from the last one on the same tick. */
export function tickRow(
  { messages, last }: Ticked,
  items: readonly TickableMessage[],
  failedKey: string,
  isRange: boolean,
): Ticked {
  const to = items.findIndex((item) => item.failedKey === failedKey);
  if (to < 0) return { messages, ...(last === undefined ? {} : { last }) };
  const from = isRange ? items.findIndex((item) => item.failedKey === last) : to;
  const [first, end] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  const next = tickRows(messages, items.slice(first, end + 1), !messages.has(failedKey));
  return { messages: next, last: failedKey };
}

/** All rows with the same tick. A job takes a number of named messages: rows past it stay unticked. */
export function tickRows(
  messages: Ticked["messages"],
  items: readonly TickableMessage[],
  isTicked: boolean,
): Ticked["messages"] {
  const next = new Map(messages);
  for (const { failedKey, generation, reason } of items) {
    if (!isTicked) next.delete(failedKey);
    else if (next.size < MOST_NAMED_MESSAGES) next.set(failedKey, { failedKey, generation, reason });
  }
  return next;
}

/** The ticks of a listed page. */
export interface Ticks {
  readonly items: readonly TickableMessage[];
  readonly ticked: Ticked;
  readonly change: (next: Ticked) => void;
}

/** Keeps the ticks from page to page; another `scope` begins without any. */
export function useTicks(scope: string, items: readonly TickableMessage[]): Ticks {
  const [state, setState] = useState({ scope, ticked: NOTHING_TICKED });
  const ticked = state.scope === scope ? state.ticked : NOTHING_TICKED;
  return { items, ticked, change: (next) => setState({ scope, ticked: next }) };
}
