/** An error that the user can resolve. The message holds the cause and the remedy. */
export class DeployError extends Error {
  override readonly name: string = "DeployError";
}

/** The machine lacks something that the command needs. Exit code 2. */
export class UnavailableError extends DeployError {
  override readonly name = "UnavailableError";
}
