import { resolve } from "node:path";
import { onClosedOutput, terminal } from "../terminal.ts";
import type { AppDeclaration } from "./app-declaration.ts";
import { type LimitOptions, limitTexts } from "./aws-limits/limit-options.ts";
import { onNpmEnd } from "./npm-parent.ts";
import { type BannerOptions, banner } from "./output/banner.ts";
import { explain } from "./output/explain-error.ts";
import { compactFormat, jsonFormat } from "./output/line-format.ts";
import { createProgress, type Progress } from "./output/progress.ts";
import { recordEmulator, removeEmulator } from "./running-emulators.ts";
import { type Emulator, startEmulator } from "./start-emulator.ts";
import type { Debugging } from "./types.ts";

export interface RunOptions {
  readonly app: AppDeclaration;
  readonly port: number;
  readonly json: boolean;
  readonly dataDir: string | undefined;
  readonly checksPermissions: boolean;
  readonly limits: LimitOptions;
  readonly kafka?: boolean;
  readonly rabbitmq?: boolean;
  /** The lines of the banner about brokers. */
  readonly brokerTexts?: (emulator: Emulator) => BannerOptions["lines"];
  readonly debugging?: Debugging;
  /** Called once the emulator runs; what it returns is closed first. `print` writes a line. */
  readonly onReady?: (
    emulator: Emulator,
    print: (text: string) => void,
  ) => Promise<{ close(): Promise<void> }>;
  /** Resolves to the folder of the cloud assembly. */
  readonly assembly: (progress: Progress) => Promise<string>;
  /** The file that names running emulators to the command line. */
  readonly recordFile: string;
}

/** Runs an emulator in the terminal. Its end, or an error at its start, ends the process. */
export async function runEmulator(options: RunOptions): Promise<0> {
  try {
    await run(options);
    return 0;
  } catch (error) {
    terminal.writeError(`${explain(error)}\n`);
    process.exit(1);
  }
}

async function run({
  app,
  json,
  dataDir,
  brokerTexts,
  recordFile,
  onReady,
  ...options
}: RunOptions): Promise<void> {
  /** Stops the emulator once it runs. */
  let whenClosed = (): void => process.exit();
  onClosedOutput(() => whenClosed());
  onNpmEnd(() => whenClosed());
  const format = json ? jsonFormat : compactFormat;
  const progress = createProgress((text) => {
    if (!json) terminal.writeError(`${text}\n`);
  });
  const emulator = await startEmulator({
    ...options,
    app,
    ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }),
    onProgress: progress.step,
    assembly: () => options.assembly(progress),
    onLine(line) {
      const text = format(line);
      if (text !== undefined) process.stdout.write(`${text}\n`);
    },
  }).finally(progress.end);
  await recordEmulator(recordFile, emulator.url);
  const readyMs = Math.round(performance.now());
  const { url } = emulator;
  terminal.write(
    json
      ? `${JSON.stringify(readyLine(emulator, readyMs))}\n`
      : banner(emulator, {
          name: app.name,
          readyMs,
          dataDir,
          lines: [...(brokerTexts?.(emulator) ?? []), ...limitTexts(options.limits)],
          commands: app.commands?.(url),
        }),
  );

  const print = (text: string) => {
    if (json) process.stdout.write(`${JSON.stringify(watchLine(text))}\n`);
    else terminal.write(`${text}\n`);
  };
  const follower = onReady?.(emulator, print).catch((error: unknown) => {
    print(`The sources are not followed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });

  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) process.exit(130);
    stopping = true;
    if (!json) terminal.writeError("\nStopping …\n");
    await removeEmulator(recordFile, url);
    await (await follower)?.close();
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

const watchLine = (message: string) => ({
  at: Date.now(),
  source: "watch",
  stream: "emulator",
  line: { message },
});

/** For scripts: where everything is, and what is not run. */
const readyLine = ({ url, apis, endpoints, model }: Emulator, readyMs: number) => ({
  at: Date.now(),
  source: "emulator",
  stream: "emulator",
  line: { message: "ready", url, readyMs, apis, endpoints, leftOut: model.leftOut },
});
