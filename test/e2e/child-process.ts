import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./emulator-target.ts";

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of this project under way. */
export interface Running {
  readonly process: ChildProcess;
  /** The first line on standard output that matches. Rejects when the program ends without one. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** Emulators and command lines of this test process find each other here, and none of another. */
export const EMULATOR_FILE = join(tmpdir(), `order-events-${process.pid}`, "emulator.json");

/** Runs a file of the project by the node that runs this. */
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
