import { printErrorLine, printLine } from "../terminal.ts";
import { DeployError, UnavailableError } from "./deploy-error.ts";

/** Runs one step and prints its start and its duration, also when it fails. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  printLine(`── ${what}`);
  try {
    const result = await work();
    printLine(`── ${what}: ${seconds()}`);
    return result;
  } catch (error) {
    printLine(`── ${what}: FAILED after ${seconds()}`);
    throw error;
  }
}

/** Runs a script of this project to its exit code. A DeployError is printed without its stack. */
export async function runScript(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    printErrorLine(error.message);
    process.exitCode = error instanceof UnavailableError ? 2 : 1;
  }
}
