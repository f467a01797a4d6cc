import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { emulatorCommand } from "../lib/emulator/emulator-command.ts";
import { emulatorFile, runningEmulator } from "../lib/emulator/running-emulators.ts";
import { runCommandLine } from "../lib/operator/cli/run-command.ts";
import { RequestError } from "../lib/operator/target/request-error.ts";
import { onClosedOutput } from "../lib/terminal.ts";

onClosedOutput();
/** In the repository this file is TypeScript, in the package it is compiled. */
const START = import.meta.url.endsWith(".ts") ? "npm start" : "npx order-events emulator";
const stateFile = emulatorFile(dirname(dirname(fileURLToPath(import.meta.url))));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
  isTerminal: process.stdout.isTTY,
  async defaultUrl() {
    const url = await runningEmulator(stateFile);
    if (url === undefined)
      throw new RequestError(`no emulator is running. Start it:  ${START}   (or pass --url)`);
    return url;
  },
  commands: [emulatorCommand(stateFile)],
});
