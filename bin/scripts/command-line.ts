import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { emulatorCommand } from "../../lib/emulator/emulator-command.ts";
import { emulatorFile, runningEmulator } from "../../lib/emulator/running-emulators.ts";
import { runCommandLine } from "../../lib/operator/cli/run-command.ts";
import { useProxies } from "../../lib/operator/target/proxies.ts";
import { RequestError } from "../../lib/operator/target/request-error.ts";
import { onClosedOutput } from "../../lib/terminal.ts";

onClosedOutput();
const warning = useProxies(process.env);
if (warning !== undefined) process.stderr.write(`${warning}\n`);
/** In the repository this file is TypeScript, in the package it is compiled. */
const isSource = import.meta.url.endsWith(".ts");
const START = isSource ? "npm start" : "npx order-events emulator";
const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
const stateFile = emulatorFile(fileURLToPath(new URL("../..", import.meta.url)));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
  isTerminal: process.stdout.isTTY,
  columns: process.stdout.columns,
  interruption() {
    const controller = new AbortController();
    process.once("SIGINT", () => controller.abort());
    return controller.signal;
  },
  version,
  async defaultUrl() {
    const url = await runningEmulator(stateFile);
    if (url === undefined)
      throw new RequestError(`no emulator is running. Start it:  ${START}   (or pass --url)`);
    return url;
  },
  commands: [emulatorCommand(stateFile)],
});
