import type { AsyncCommand } from "fast-check";
import { agree } from "./compare-states.ts";
import type { Reference } from "./reference.ts";
import type { System } from "./system.ts";

export type Command = AsyncCommand<Reference, System>;

/** A command that may come at any time; afterwards system and reference have to agree. */
export function command(
  label: string,
  act: (reference: Reference, system: System) => Promise<void> | void,
): Command {
  return {
    check: () => true,
    toString: () => label,
    async run(reference, system) {
      await act(reference, system);
      agree(reference, system);
    },
  };
}
