import type { InjectedFault } from "../runtime/function-host.ts";
import type { Faults } from "./fault-switches.ts";

/** A crash comes at a random moment of the invocation, at most this late. */
const CRASH_WITHIN_MS = 30;

/**
 * The effect of a broken function, for the host's `injectFault`. At a rate of 1 the handler never runs, as in a
 * deployment that does not load. At a lower rate, half of the affected invocations fail so, and half die in the middle,
 * with effects and without a response.
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
