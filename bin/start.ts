import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { banner, brokerTexts } from "../lib/emulator/output/banner.ts";
import { explain } from "../lib/emulator/output/explain-error.ts";
import { compactFormat, jsonFormat } from "../lib/emulator/output/line-format.ts";
import { emulatorFile, recordEmulator, removeEmulator } from "../lib/emulator/running-emulators.ts";
import { startEmulator } from "../lib/emulator/start-emulator.ts";
import { parseStartFlags, START_HELP, type StartFlags } from "../lib/emulator/start-flags.ts";
import { synthesize } from "../lib/emulator/synth.ts";
import { onClosedOutput, terminal } from "../lib/terminal.ts";

/** `npm start`: runs the stacks in the local emulator. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Stops the emulator once it runs. */
let whenClosed = (): void => process.exit();
onClosedOutput(() => whenClosed());

async function main({ port, json, dataDir, backbones, processing }: StartFlags): Promise<void> {
  const format = json ? jsonFormat : compactFormat;
  const progress = (text: string) => {
    if (!json) terminal.writeError(`${text}\n`);
  };
  const emulator = await startEmulator({
    port,
    ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }),
    kafka: backbones.includes("kafka"),
    rabbitmq: backbones.includes("rabbitmq"),
    onProgress: progress,
    async assembly() {
      progress("Synthesizing the stacks …");
      const settings: Record<string, string> =
        backbones.length > 1 ? { backbones: backbones.join(","), processing: processing.join(",") } : {};
      return (await synthesize(root, settings)).directory;
    },
    onLine(line) {
      const text = format(line);
      if (text !== undefined) process.stdout.write(`${text}\n`);
    },
  });
  const recordFile = emulatorFile(root);
  await recordEmulator(recordFile, emulator.url);
  const readyMs = Math.round(performance.now());
  terminal.write(
    json
      ? `${JSON.stringify({ at: Date.now(), source: "emulator", stream: "emulator", line: { message: "ready", url: emulator.url, readyMs } })}\n`
      : banner(emulator, { readyMs, dataDir, brokers: brokerTexts(emulator, processing) }),
  );

  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) process.exit(130);
    stopping = true;
    progress("\nStopping …");
    await removeEmulator(recordFile, emulator.url);
    await emulator.close();
    process.exit(code);
  };
  whenClosed = () => void stop(0);
  process.on("SIGINT", () => void stop(0));
  process.on("SIGTERM", () => void stop(0));
  void emulator.died.then((reason) => {
    terminal.writeError(`${reason}\n`);
    return stop(1);
  });
}

const flags = parseStartFlags(process.argv.slice(2));
if (flags.kind === "help") process.stdout.write(START_HELP);
else if (flags.kind === "usage") {
  terminal.writeError(`${flags.message}\nSee npm start -- --help\n`);
  process.exitCode = 3;
} else {
  await main(flags).catch((error: unknown) => {
    terminal.writeError(`${explain(error)}\n`);
    process.exit(1);
  });
}
