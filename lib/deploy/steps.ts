import { printErrorLine, printLine } from "../terminal.ts";

/** An error that the user can resolve. The message holds the cause and the remedy. */
export class DeployError extends Error {
  override readonly name: string = "DeployError";
}

/** The machine lacks something that the command needs. Exit code 2. */
export class UnavailableError extends DeployError {
  override readonly name = "UnavailableError";
}

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

/** Runs a command. A DeployError is printed without its stack. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    printErrorLine(error.message);
    process.exitCode = error instanceof UnavailableError ? 2 : 1;
  }
}
