import { expect } from "vitest";
import type { ConformanceTarget } from "./target.ts";

interface Rule {
  readonly rule: string;
  readonly source: string;
  readonly expected: unknown;
}

/** Holds a target to a rule; a departure has to be one still, or it has to leave the target's list. */
export async function hold(
  target: ConformanceTarget,
  { rule, source, expected }: Rule,
  observe: () => Promise<unknown>,
): Promise<void> {
  const departure = target.departures[rule];
  if (departure === undefined) {
    expect(await observe(), source).toEqual(expected);
    return;
  }
  const observed = await observe().catch((error: unknown) => error);
  expect(observed, `${target.name} keeps this rule by now: ${departure}`).not.toEqual(expected);
}
