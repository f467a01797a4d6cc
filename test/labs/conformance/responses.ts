import { items } from "./queue-case.ts";
import type { Act } from "./target.ts";

/** The first batch of these cases. */
export const BATCH = ["a", "b", "c"];

/** The messages that are redelivered after a response. */
export interface ResponseRow {
  readonly response: string;
  /** Page of the rule, where it is another one than for most. */
  readonly source?: string;
  /** The response for the identifiers of the batch. */
  readonly answer: (ids: readonly string[]) => unknown;
  readonly again: readonly string[];
}

/** Successes of queues and streams. */
export const SUCCESSES: readonly ResponseRow[] = [
  { response: "an empty list is a success", answer: () => items(), again: [] },
  { response: "a null list is a success", answer: () => ({ batchItemFailures: null }), again: [] },
  { response: "an empty response is a success", answer: () => ({}), again: [] },
  { response: "a null response is a success", answer: () => null, again: [] },
  { response: "no response is a success", answer: () => undefined, again: [] },
];

/** Ends of an invocation that fail its batch, with the function's time-out in seconds. */
export const ENDS: readonly (readonly [string, Act, number])[] = [
  ["an exception", { kind: "throw" }, 30],
  ["a time-out", { kind: "hang" }, 1],
  ["the end of the process", { kind: "exit" }, 30],
];
