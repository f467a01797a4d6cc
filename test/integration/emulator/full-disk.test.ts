import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHttpServer } from "../../../lib/emulator/http-server.ts";

const DISK_MB = 32;
const FULL_MS = 3_000;
/** Four customers at this pace stay below the throttle of the API, however fast the machine is. */
const PAUSE_MS = 50;
/** Longer than the visibility time-out, for the messages in flight when the emulator was killed. */
const RECOVERY_MS = 110_000;
const JSON_TYPE = { "content-type": "application/json" };

let disk: string;
let whyNot: string | undefined;
let url: string;
let running: ChildProcess | undefined;
let output: string[];

beforeAll(async () => {
  disk = mkdtempSync(join(tmpdir(), "full-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    whyNot = `a small disk cannot be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
    process.stderr.write(`full-disk.test.ts is skipped: ${whyNot}\n`);
    return;
  }
  const front = await startHttpServer(0);
  url = front.url;
  await front.close();
});
afterAll(async () => {
  if (running !== undefined) await end(running);
  if (whyNot === undefined) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

function spawnEmulator(): ChildProcess {
  const args = ["bin/start.ts", "--port", new URL(url).port, "--data", join(disk, "data")];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
}

async function start(): Promise<ChildProcess> {
  const child = spawnEmulator();
  running = child;
  output = [];
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on("line", (line) => {
      output.push(line);
      if (line.includes("is ready in")) ready.resolve();
    });
  }
  child.once("exit", () => ready.reject(new Error(output.join("\n"))));
  await ready.promise;
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function fill(): void {
  const file = openSync(join(disk, "fill"), "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096));
  } catch {
    closeSync(file);
  }
}
const free = () => rmSync(join(disk, "fill"), { force: true });

const place = async (key: string) => {
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
  return { status: response.status, orderId, code };
};
const get = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<Record<string, unknown>>;

test("K12: a full disk refuses new work with its reason and loses no accepted order", {
  timeout: RECOVERY_MS + 60_000,
}, async (context) => {
  context.skip(whyNot !== undefined, whyNot);
  const first = await start();
  await fetch(`${url}/stock/tea`, { method: "PUT", headers: JSON_TYPE, body: '{"onHand":100000}' });
  const accepted = new Map<string, string>();
  const refused: Awaited<ReturnType<typeof place>>[] = [];
  let isOver = false;
  const customer = async (name: string) => {
    for (let count = 0; !isOver; count++) {
      const answer = await place(`${name}-${count}`);
      if (answer.status === 202) accepted.set(`${name}-${count}`, String(answer.orderId));
      else refused.push(answer);
      await wait(PAUSE_MS);
    }
  };
  const customers = ["a", "b", "c", "d"].map(customer);
  await expect.poll(() => accepted.size).toBeGreaterThan(20);

  fill();
  await wait(FULL_MS);
  const whileFull = { alive: first.exitCode === null, read: (await fetch(`${url}/stock/tea`)).status };
  const sent = await place("full");
  isOver = true;
  await Promise.all(customers);
  const lines = output.filter((line) => line.includes("The disk of "));
  await end(first);
  const again = spawnEmulator();
  let complaint = "";
  again.stderr?.on("data", (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(again, "close");
  free();
  const second = await start();

  expect(whileFull).toEqual({ alive: true, read: 200 });
  expect(sent).toMatchObject({ status: 503, code: "DISK_FULL" });
  expect([...new Set(refused.map(({ status }) => status))]).toEqual([503]);
  expect(refused.every(({ code }) => code === "DISK_FULL" || code === "UNAVAILABLE")).toBe(true);
  expect(lines).toHaveLength(1);
  expect({ code, stack: complaint.includes("    at ") }).toEqual({ code: 1, stack: false });
  expect(complaint).toContain(`The disk of ${join(disk, "data")} is full`);

  const orders = new Set(accepted.values());
  for (const [key, orderId] of accepted) expect((await place(key)).orderId).toBe(orderId);
  const deadline = performance.now() + RECOVERY_MS;
  const pending = new Set(orders);
  while (pending.size > 0 && performance.now() < deadline) {
    for (const orderId of pending) {
      if ((await get(`/orders/${orderId}`))["status"] === "CONFIRMED") pending.delete(orderId);
    }
    await wait(200);
  }
  expect([...pending]).toEqual([]);
  // A refused order can be written where only the reply failed, but never without its stock.
  const { held } = await get("/stock/tea");
  expect(held).toBeGreaterThanOrEqual(orders.size);
  expect(held).toBeLessThanOrEqual(orders.size + refused.filter(({ code }) => code === "UNAVAILABLE").length);
  await end(second);
});
