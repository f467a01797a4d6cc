import type { AsyncCommand } from "fast-check";
import { checkAgreement } from "./compare-states.ts";
import type { Reference } from "./reference.ts";
import type { System } from "./system.ts";

export type Command = AsyncCommand<Reference, System>;

/** A command that can run in any state, followed by the comparison of system and reference. */
export function command(
  label: string,
  act: (reference: Reference, system: System) => Promise<void> | void,
): Command {
  return {
    check: () => true,
    toString: () => label,
    async run(reference, system) {
      await act(reference, system);
      checkAgreement(reference, system);
    },
  };
}
