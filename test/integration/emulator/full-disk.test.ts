import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type EmulatorProcess, emulatorProcess, end, type Placed, RECOVERY_MS } from "./emulator-process.ts";

const DISK_MB = 32;
/** Longer than the intervals of the emulator's own writes, none of which may end it. */
const FULL_MS = 3_000;
/** Four customers at this pace stay below the throttle of the API, however fast the machine is. */
const PAUSE_MS = 50;

let disk: string;
let whyNot: string | undefined;
let emulator: EmulatorProcess;

beforeAll(async () => {
  disk = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    whyNot = `a small disk cannot be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
    process.stderr.write(`full-disk.test.ts is skipped: ${whyNot}\n`);
    return;
  }
  emulator = await emulatorProcess(join(disk, "data"));
});
afterAll(async () => {
  if (whyNot === undefined) {
    await emulator.close();
    execFileSync("umount", [disk]);
  }
});

function fill(): void {
  const file = openSync(join(disk, "fill"), "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096));
  } catch {
    closeSync(file);
  }
}
const free = () => rmSync(join(disk, "fill"), { force: true });

test("K12: a full disk refuses new work with its reason and loses no accepted order", {
  timeout: RECOVERY_MS + 120_000,
}, async (context) => {
  context.skip(whyNot !== undefined, whyNot);
  const first = await emulator.start();
  await emulator.setStock(100_000);
  const accepted = new Map<string, string>();
  const refused: Placed[] = [];
  let isOver = false;
  const customer = async (name: string) => {
    for (let count = 0; !isOver; count++) {
      const response = await emulator.place(`${name}-${count}`);
      if (response.status === 202) accepted.set(`${name}-${count}`, String(response.orderId));
      else refused.push(response);
      await pause(PAUSE_MS);
    }
  };
  const customers = ["a", "b", "c", "d"].map(customer);
  await expect.poll(() => accepted.size).toBeGreaterThan(20);

  fill();
  await expect.poll(() => refused.length).toBeGreaterThan(0);
  await pause(FULL_MS);
  const { sku } = await emulator.get("/stock/tea");
  const whileFull = { alive: first.exitCode === null, sku };
  const sent = await emulator.place("full");
  isOver = true;
  await Promise.all(customers);
  const lines = emulator.output.filter((line) => line.includes("The disk of "));
  await end(first, "SIGKILL");
  const again = emulator.spawn();
  let complaint = "";
  again.stderr?.on("data", (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(again, "close");
  free();
  await emulator.start();

  expect(whileFull).toEqual({ alive: true, sku: "tea" });
  expect(sent).toMatchObject({ status: 503, code: "DISK_FULL" });
  expect([...new Set(refused.map(({ status }) => status))]).toEqual([503]);
  expect(refused.every(({ code }) => code === "DISK_FULL" || code === "UNAVAILABLE")).toBe(true);
  expect(lines).toHaveLength(1);
  expect({ code, stack: complaint.includes("    at ") }).toEqual({ code: 1, stack: false });
  expect(complaint).toContain(`The disk of ${join(disk, "data")} is full`);

  const orders = new Set(accepted.values());
  for (const [key, orderId] of accepted) expect((await emulator.place(key)).orderId).toBe(orderId);
  expect(await emulator.unconfirmed(orders)).toEqual([]);
  // A refused order can be written where only the reply failed, but never without its stock.
  const { held } = await emulator.get("/stock/tea");
  expect(held).toBeGreaterThanOrEqual(orders.size);
  expect(held).toBeLessThanOrEqual(orders.size + refused.filter(({ code }) => code === "UNAVAILABLE").length);
});
