import fc from "fast-check";
import { CUSTOMER_COMMANDS } from "./customer-commands.ts";
import { comeToRest } from "./final-check.ts";
import { MESSAGE_COMMANDS } from "./message-commands.ts";
import { newReference } from "./reference.ts";
import { newSystem, type System } from "./system.ts";

const commands = fc.commands([...CUSTOMER_COMMANDS, ...MESSAGE_COMMANDS], {
  maxCommands: 60,
  size: "max",
});

export interface ModelRun {
  readonly runs: number;
  readonly seed: number;
  /** Whether a list that fails is made as short as it can be. It is, unless told otherwise. */
  readonly isShrunk?: boolean;
  /** Changes a system before its first command: a planted mistake. */
  readonly change?: (system: System) => void;
  /** Sees each system that came to rest. */
  readonly seen?: (system: System) => void;
}

/** Runs random command lists against system and reference; answers with what fast-check found out. */
export function runModel({ runs, seed, isShrunk = true, change, seen }: ModelRun) {
  const property = fc.asyncProperty(commands, async (list) => {
    const system = newSystem();
    const reference = newReference();
    change?.(system);
    await fc.asyncModelRun(() => ({ model: reference, real: system }), list);
    await comeToRest(reference, system);
    seen?.(system);
  });
  return fc.check(property, { numRuns: runs, seed, endOnFailure: !isShrunk });
}
