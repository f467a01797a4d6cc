import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import type { Benchmark } from "./benchmark.ts";
import { median } from "./statistics.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ROUNDS = 3;
/** A file of its own, so that the command line still finds a running emulator. */
const EMULATOR_FILE = join(ROOT, ".cache", "bench-emulator.json");
const READY = "npm start to ready";

/** Start-up time of the emulator. */
export const startUp: Benchmark = {
  name: "start-up",
  about: "npm start until the emulator is ready, with the cached assembly",
  aims: [{ figure: READY, atMost: 10 }],
  async run(progress) {
    progress("making the assembly");
    await synthesize(ROOT);
    const seconds: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      progress(`start ${round} of ${ROUNDS}`);
      seconds.push(await secondsToReady());
    }
    return [{ name: READY, value: median(seconds), unit: "s", note: `median of ${ROUNDS}` }];
  },
};

async function secondsToReady(): Promise<number> {
  const started = performance.now();
  // A process group, so that the signal reaches npm and its child.
  const npm = spawn("npm", ["start", "--silent", "--", "--port", "0"], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: EMULATOR_FILE },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(npm, "exit");
  try {
    for await (const line of createInterface({ input: npm.stdout })) {
      if (line.includes("is ready in")) return (performance.now() - started) / 1_000;
    }
    throw new Error("npm start ended before the emulator was ready.");
  } finally {
    if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, "SIGINT");
    await ended;
  }
}
