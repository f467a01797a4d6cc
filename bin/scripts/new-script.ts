import { createInterface } from "node:readline/promises";
import { PlaceNotFound } from "../../lib/scaffold/edit-source.ts";
import { ScaffoldError } from "../../lib/scaffold/plan.ts";
import { planJson, planText } from "../../lib/scaffold/print-plan.ts";
import { complete, SCAFFOLD_HELP, scaffoldFlags } from "../../lib/scaffold/scaffold-flags.ts";
import { FilesLeft, writePlan } from "../../lib/scaffold/write-plan.ts";
import { scriptFlags } from "../../lib/script-flags.ts";
import { onClosedOutput } from "../../lib/terminal.ts";

onClosedOutput();
const request = scriptFlags(SCAFFOLD_HELP, scaffoldFlags);
const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !request.isJson;
const terminal = isTerminal ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
try {
  const { kind, values, isDryRun, isJson } = await complete(
    request,
    terminal && (async (question) => (await terminal.question(`${question}: `)).trim()),
  );
  const command = `npm run new -- ${process.argv.slice(2).join(" ")}`;
  const plan = isDryRun ? kind.plan(values) : writePlan(command, () => kind.plan(values));
  process.stdout.write(isJson ? planJson(plan, isDryRun) : planText(plan, isDryRun));
} catch (error) {
  // Ctrl-C and Ctrl-D end a question.
  const isAbort = error instanceof Error && error.name === "AbortError";
  const isLeft = error instanceof FilesLeft;
  if (!(isAbort || isLeft || error instanceof ScaffoldError || error instanceof PlaceNotFound)) throw error;
  process.stderr.write(`${isAbort ? "" : error.message}\n${isLeft ? "" : "Nothing was written.\n"}`);
  process.exitCode = error instanceof ScaffoldError ? 3 : 1;
} finally {
  terminal?.close();
}
