/** Something that a person has to change before it can work; the message says what, and the command that helps. */
export class DeployError extends Error {
  override readonly name: string = "DeployError";
}

/** What a command needs is not on this machine, and no setting of the project changes that. Exit code 2. */
export class UnavailableError extends DeployError {
  override readonly name = "UnavailableError";
}

/** Does one step and says when it begins and how long it took, whether it went well or not. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  console.log(`── ${what}`);
  try {
    const result = await work();
    console.log(`── ${what}: ${seconds()}`);
    return result;
  } catch (error) {
    console.log(`── ${what}: FAILED after ${seconds()}`);
    throw error;
  }
}

/** Runs a command of this project: a DeployError ends it with its message alone, anything else with its trace. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof UnavailableError ? 2 : 1;
  }
}
