import { createInterface } from "node:readline/promises";
import { DeployError } from "./steps.ts";

/** Throws DeployError where nobody can answer. Called first, so that nobody waits for a question that never comes. */
export function requireTerminal(): void {
  if (!process.stdin.isTTY)
    throw new DeployError("Nobody can be asked here: say --yes to act without a question.");
}

/** Asks whoever sits there. Rejects with DeployError for any answer but the wanted one. */
export async function confirm(question: string, wanted: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (${wanted}) `);
  terminal.close();
  if (answer.trim() !== wanted) throw new DeployError("Nothing was changed.");
}
