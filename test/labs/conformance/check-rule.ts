import { expect } from "vitest";
import type { ConformanceTarget } from "./target.ts";

interface Rule {
  readonly rule: string;
  readonly source: string;
  readonly expected: unknown;
}

/** Checks a rule on a target. A listed departure has to fail, so that the list stays correct. */
export async function checkRule(
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
  expect(observed, `${target.name} follows this rule now; remove the departure: ${departure}`).not.toEqual(
    expected,
  );
}
