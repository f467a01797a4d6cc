import type { InjectedFault } from "../runtime/function-host.ts";
import type { Faults } from "./fault-switches.ts";

/** A crash lands at a random moment of the invocation, up to this far into it. */
const CRASH_WITHIN_MS = 30;

/**
 * What a broken function does, for the host's `injectFault`. One that is broken at every call never gets to its
 * handler, like a deployment that does not load. Of one that is broken now and then, half of the struck
 * invocations fail so, and half die in the middle, with effects done and no answer.
 */
export const functionFaults =
  (faults: Faults, random: () => number = Math.random): ((name: string) => InjectedFault | undefined) =>
  (name) => {
    if (!faults.strikes({ kind: "function", name })) return undefined;
    const isDown = faults
      .list()
      .some(({ target, rate }) => rate === 1 && "name" in target && target.name === name);
    return isDown || random() < 0.5
      ? { kind: "error" }
      : { kind: "kill", afterMs: random() * CRASH_WITHIN_MS };
  };
