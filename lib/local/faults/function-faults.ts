import type { Disturbance } from "../runtime/function-host.ts";
import type { Faults } from "./faults.ts";

/** A crash lands at a random moment of the invocation, up to this far into it. */
const CRASH_WITHIN_MS = 30;

/**
 * What a broken function does, for the host's `disturb`: one half of the struck invocations fails before the
 * handler runs, the other half dies in the middle of it, with effects done and no answer.
 */
export const disturbFunctions =
  (faults: Faults, random: () => number = Math.random): ((name: string) => Disturbance | undefined) =>
  (name) => {
    if (!faults.strikes({ kind: "function", name })) return undefined;
    return random() < 0.5 ? { kind: "error" } : { kind: "kill", afterMs: random() * CRASH_WITHIN_MS };
  };
