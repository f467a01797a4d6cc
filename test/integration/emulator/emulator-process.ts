import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { startHttpServer } from "../../../lib/emulator/http-server.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Far longer than the visibility time-out, which messages in flight at a kill wait for. */
export const RECOVERY_MS = 300_000;
const POLL_MS = 200;
const JSON_TYPE = { "content-type": "application/json" };

export interface Placed {
  readonly status: number;
  readonly orderId?: string;
  readonly code?: string;
}

/** `npm start` with a data folder, in a process that a test kills and starts again on the same port. */
export interface EmulatorProcess {
  readonly url: string;
  /** Lines of the current process. */
  readonly output: readonly string[];
  /** Starts a process without waiting for it. */
  spawn(): ChildProcess;
  /** Resolves once the process is ready. Rejects with its output where it ends before. */
  start(): Promise<ChildProcess>;
  setStock(onHand: number): Promise<void>;
  /** Places an order of one unit with this Idempotency-Key. */
  place(key: string): Promise<Placed>;
  get(path: string): Promise<Record<string, unknown>>;
  /** The orders that are not CONFIRMED within `RECOVERY_MS`. */
  unconfirmed(orderIds: Iterable<string>): Promise<readonly string[]>;
  /** Ends the current process. */
  close(): Promise<void>;
}

export async function emulatorProcess(dataDir: string): Promise<EmulatorProcess> {
  const front = await startHttpServer(0);
  const { url } = front;
  await front.close();
  const folder = temporaryFolder();
  const output: string[] = [];
  let running: ChildProcess | undefined;

  function spawnEmulator(): ChildProcess {
    const child = spawn(process.execPath, ["bin/start.ts", "--port", new URL(url).port, "--data", dataDir], {
      env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: join(folder, "emulator.json") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running = child;
    output.length = 0;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => output.push(line));
    }
    return child;
  }

  async function get(path: string): Promise<Record<string, unknown>> {
    return (await (await fetch(`${url}${path}`)).json()) as Record<string, unknown>;
  }

  return {
    url,
    output,
    spawn: spawnEmulator,
    async start() {
      const child = spawnEmulator();
      const ready = Promise.withResolvers<void>();
      if (child.stdout === null) throw new Error("The emulator has no output.");
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes("is ready in")) ready.resolve();
      });
      child.once("exit", () => ready.reject(new Error(output.join("\n"))));
      await ready.promise;
      return child;
    },
    async setStock(onHand) {
      await fetch(`${url}/stock/tea`, {
        method: "PUT",
        headers: JSON_TYPE,
        body: JSON.stringify({ onHand }),
      });
    },
    async place(key) {
      const response = await fetch(`${url}/orders`, {
        method: "POST",
        headers: { ...JSON_TYPE, "Idempotency-Key": key },
        body: JSON.stringify({
          customerId: "c-1",
          contact: { email: "ada@example.com" },
          currency: "EUR",
          lines: [{ sku: "tea", quantity: 1, unitPrice: 450 }],
        }),
      });
      const { orderId, code } = (await response.json()) as { orderId?: string; code?: string };
      return {
        status: response.status,
        ...(orderId === undefined ? {} : { orderId }),
        ...(code === undefined ? {} : { code }),
      };
    },
    get,
    async unconfirmed(orderIds) {
      const end = performance.now() + RECOVERY_MS;
      const left: string[] = [];
      // One order after the other, to stay below the throttle of the API.
      for (const orderId of orderIds) {
        let status = (await get(`/orders/${orderId}`))["status"];
        while (status !== "CONFIRMED" && performance.now() < end) {
          await pause(POLL_MS);
          status = (await get(`/orders/${orderId}`))["status"];
        }
        if (status !== "CONFIRMED") left.push(orderId);
      }
      return left;
    },
    async close() {
      if (running !== undefined) await end(running, "SIGTERM");
    },
  };
}

/** Sends the signal and waits for the end of the process. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
