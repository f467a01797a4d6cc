import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./emulator-target.ts";

/** The exit code and the output of a program. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program of this project. */
export interface Running {
  readonly process: ChildProcess;
  /** The first matching line on standard output. Rejects where the program ends without one. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** The file by which emulators and command lines of this test process find each other. */
export const EMULATOR_FILE = join(tmpdir(), `order-events-${process.pid}`, "emulator.json");

/** Runs a file of the project with the current Node. */
export function run(file: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: EMULATOR_FILE },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text.stderr += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...text }));
  return {
    process: child,
    ended,
    async line(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
      lines.on("line", (each) => {
        const match = pattern.exec(each);
        if (match !== null) resolve(match);
      });
      ended.then(({ stderr }) => reject(new Error(`${file} ended without ${pattern}: ${stderr}`)), reject);
      return promise;
    },
  };
}
