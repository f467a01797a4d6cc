import { items } from "./queue-case.ts";
import type { Act } from "./target.ts";

/** What is in the first batch of each of these cases. */
export const BATCH = ["a", "b", "c"];

/** What comes again after the first invocation was answered like this. */
export interface ResponseRow {
  readonly response: string;
  /** Where the rule is written, unless it is on the page of most. */
  readonly source?: string;
  /** The response, made of the identifiers of the batch. */
  readonly answer: (ids: readonly string[]) => unknown;
  readonly again: readonly string[];
}

/** What is a success for queues and for streams. */
export const SUCCESSES: readonly ResponseRow[] = [
  { response: "an empty list is a success", answer: () => items(), again: [] },
  { response: "a null list is a success", answer: () => ({ batchItemFailures: null }), again: [] },
  { response: "an empty response is a success", answer: () => ({}), again: [] },
  { response: "a null response is a success", answer: () => null, again: [] },
  { response: "no response is a success", answer: () => undefined, again: [] },
];

/** Ends of an invocation that fail its batch, with the function's time-out in seconds. */
export const ENDS: readonly (readonly [string, Act, number])[] = [
  ["a throw", { kind: "throw" }, 30],
  ["a time-out", { kind: "hang" }, 1],
  ["the end of the process", { kind: "exit" }, 30],
];
