import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { withOwnNode } from "../../../lib/deploy/child.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { freePort } from "../../../lib/emulator/services/free-port.ts";
import type { Emulator } from "../aws-emulator.ts";

export interface RunningEmulator extends Emulator {
  /** File of its log and that of the functions. */
  readonly log: string;
  /** Ends it and its functions. */
  stop(): Promise<void>;
}

const READY_MS = 30_000;
const STOP_MS = 5_000;
/** Another port is tried where the chosen one was taken before the start. */
const ATTEMPTS = 3;

/** Starts MiniStack from its folder of programs, on loopback and on a free port. Rejects with DeployError. */
export async function startMiniStack(programs: string): Promise<RunningEmulator> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const started = await startOn(port, programs);
    if (started.kind === "up") return started.emulator;
    if (attempt === ATTEMPTS)
      throw new DeployError(`MiniStack did not come up on port ${port}; its log is ${started.log}.`);
  }
}

type Started =
  | { readonly kind: "up"; readonly emulator: RunningEmulator }
  | { readonly kind: "down"; readonly log: string };

async function startOn(port: number, programs: string): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), "order-events-ministack-"));
  await mkdir("reports", { recursive: true });
  const log = join("reports", "ministack.log");
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(resolve(programs, "ministack"), [], {
    // Folder of its files, outside of the project.
    cwd: directory,
    // A process group, so that its functions end with it.
    detached: true,
    env: withOwnNode({
      ...process.env,
      BIND_HOST: "127.0.0.1",
      MINISTACK_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      // Functions as child processes, not in containers.
      LAMBDA_EXECUTOR: "local",
      // Disables another port, for devices.
      IOT_MTLS_ENABLED: "0",
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createWriteStream(log);
  child.stdout.pipe(lines, { end: false });
  child.stderr.pipe(lines, { end: false });
  const ended = once(child, "close").then(() => lines.end());
  const emulator: RunningEmulator = {
    name: "ministack",
    endpoint,
    hasMail: true,
    log,
    async stop() {
      signal(child.pid, "SIGTERM");
      await Promise.race([ended, pause(STOP_MS, undefined, { ref: false })]);
      signal(child.pid, "SIGKILL");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
  if (await isUp(endpoint, ended)) return { kind: "up", emulator };
  await emulator.stop();
  return { kind: "down", log };
}

async function isUp(endpoint: string, ended: Promise<unknown>): Promise<boolean> {
  let isGone = false;
  ended.then(() => {
    isGone = true;
  });
  const end = performance.now() + READY_MS;
  while (!isGone && performance.now() < end) {
    const health = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (health?.ok === true) return true;
    await pause(100);
  }
  return false;
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has already ended.
  }
}
