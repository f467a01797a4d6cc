import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporaryFolder } from "../../temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The line that a script waits for. */
export interface Ready {
  readonly url: string;
  readonly apis: readonly { readonly name: string; readonly url: string }[];
  readonly endpoints: Readonly<Record<"sqs" | "sns" | "s3" | "dynamodb" | "ses" | "region", string>>;
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

export interface LogLine {
  readonly source: string;
  readonly line: unknown;
}

/** An emulator that was started by its command, as in the folder of a foreign app. */
export interface RunningApp extends Ready {
  readonly lines: readonly LogLine[];
  /** Resolves with the first line of a function, past or future, that has the text. */
  lineWith(source: string, text: string): Promise<LogLine>;
  close(): Promise<void>;
}

/** `order-events emulator --json --port 0 …` in a folder. Rejects with what it printed when it could not start. */
export const runApp = (folder: string, ...args: readonly string[]): Promise<RunningApp> =>
  runAppBy([join(ROOT, "bin/order-events.mjs"), "emulator"], folder, ...args);

/** The same by another program and its first arguments. */
export async function runAppBy(
  program: readonly string[],
  folder: string,
  ...args: readonly string[]
): Promise<RunningApp> {
  const records = temporaryFolder();
  const child = spawn(process.execPath, [...program, "--json", "--port", "0", ...args], {
    cwd: folder,
    env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: join(records, "emulator.json") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let failure = "";
  child.stderr.on("data", (chunk) => {
    failure += chunk;
  });
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    const own = line.line as { readonly message?: string };
    if (line.source === "emulator" && own.message === "ready") resolve(line.line as Ready);
    for (const look of waiting) look();
  });
  const ended = once(child, "close").then(() => reject(new Error(`the emulator ended: ${failure}`)));
  return {
    ...(await ready),
    lines,
    lineWith(source, text) {
      const found = Promise.withResolvers<LogLine>();
      const look = () => {
        const line = lines.find((each) => each.source === source && JSON.stringify(each.line).includes(text));
        if (line === undefined) return;
        waiting.delete(look);
        found.resolve(line);
      };
      waiting.add(look);
      look();
      return found.promise;
    },
    async close() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
