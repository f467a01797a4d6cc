import fc from "fast-check";
import { CUSTOMER_COMMANDS } from "./customer-commands.ts";
import { runToRest } from "./final-check.ts";
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
  /** Whether a failing list is shrunk (default true). */
  readonly isShrunk?: boolean;
  /** Changes a system before its first command. */
  readonly change?: (system: System) => void;
  /** Called with each system at rest. */
  readonly onAtRest?: (system: System) => void;
}

/** Runs random command lists against system and reference; returns fast-check's details. */
export function runModel({ runs, seed, isShrunk = true, change, onAtRest }: ModelRun) {
  const property = fc.asyncProperty(commands, async (list) => {
    const system = newSystem();
    const reference = newReference();
    change?.(system);
    await fc.asyncModelRun(() => ({ model: reference, real: system }), list);
    await runToRest(reference, system);
    onAtRest?.(system);
  });
  return fc.check(property, { numRuns: runs, seed, endOnFailure: !isShrunk });
}
