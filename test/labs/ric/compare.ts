import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { DIFFERENCES } from "./differences.ts";

/** The results of one case under both clients. */
export interface Pair {
  readonly name: string;
  readonly emulator: InvokeResult;
  readonly ric: InvokeResult;
}

export type Verdict = "equal" | "differs, as listed" | "DIFFERS" | "EQUAL, BUT LISTED";

/** Values that differ between runs and sets of services. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>"],
  [/127\.0\.0\.1:\d+/g, "<endpoint>"],
  [/\b1[789]\d{11}\b/g, "<milliseconds>"],
];

/** Sorts the keys of objects, also inside JSON text, because DynamoDB returns attributes in any order. */
const ordered = (value: unknown): unknown => {
  if (typeof value === "string" && value.startsWith("{")) return ordered(JSON.parse(value));
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, ordered(item)] as const);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
};

/** An outcome as one line. */
export const textOf = (result: InvokeResult): string =>
  CHANGING.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), JSON.stringify(ordered(result)));

export const verdictOf = ({ name, emulator, ric }: Pair): Verdict => {
  const listed = DIFFERENCES[name] !== undefined;
  const equal = textOf(emulator) === textOf(ric);
  if (equal) return listed ? "EQUAL, BUT LISTED" : "equal";
  return listed ? "differs, as listed" : "DIFFERS";
};
