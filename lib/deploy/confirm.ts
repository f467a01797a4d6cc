import { createInterface } from "node:readline/promises";
import { DeployError } from "./deploy-error.ts";

/** Throws DeployError when standard input is not a terminal. Called before the long steps, so that it fails early. */
export function requireTerminal(): void {
  if (!process.stdin.isTTY)
    throw new DeployError(
      "Standard input is not a terminal, so there is no confirmation. Pass --yes to skip it.",
    );
}

/** Asks for confirmation. Rejects with DeployError for any answer but the expected one. */
export async function confirm(question: string, expected: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (${expected}) `);
  terminal.close();
  if (answer.trim() !== expected) throw new DeployError("Nothing was changed.");
}
