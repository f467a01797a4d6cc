import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRecord } from "../../../lib/emulator/assembly/template-values.ts";
import { startHttpServer } from "../../../lib/emulator/http-server.ts";

/** Longer than the visibility time-out, for the messages in flight when the emulator was killed. */
const RECOVERY_MS = 110_000;
const JSON_TYPE = { "content-type": "application/json" };

let dataDir: string;
let url: string;
let running: ChildProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "killed-"));
  const front = await startHttpServer(0);
  url = front.url;
  await front.close();
});
afterEach(async () => {
  if (running !== undefined) await end(running, "SIGTERM");
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<ChildProcess> {
  const port = new URL(url).port;
  const child = spawn(process.execPath, ["bin/start.ts", "--port", port, "--data", dataDir], {
    env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: join(dataDir, "emulator.json") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running = child;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (line.includes("is ready in")) break;
  }
  child.stdout.resume();
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function get(path: string): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await (await fetch(`${url}${path}`)).json();
  return isRecord(body) ? body : {};
}

async function place(key: string): Promise<string | undefined> {
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
  const body: unknown = await response.json();
  return response.status === 202 && isRecord(body) ? String(body["orderId"]) : undefined;
}

describe("an emulator with --data killed during load", () => {
  it("C8: confirms every order it accepted, holds stock once for each, and mails no customer twice", {
    timeout: RECOVERY_MS + 60_000,
  }, async () => {
    const first = await start();
    await fetch(`${url}/stock/tea`, { method: "PUT", headers: JSON_TYPE, body: '{"onHand":1000}' });
    const accepted = new Set<string>();
    const asked: string[] = [];
    const customer = async (name: string) => {
      for (let count = 0; ; count++) {
        asked.push(`${name}-${count}`);
        const orderId = await place(`${name}-${count}`);
        if (orderId !== undefined) accepted.add(orderId);
        if (accepted.size >= 40) first.kill("SIGKILL");
      }
    };
    await Promise.allSettled(["a", "b", "c", "d"].map(customer));

    await start();
    // A client without a response repeats its request with the same key: the same order, written before or not.
    for (const key of asked) accepted.add((await place(key)) ?? "refused");
    const deadline = Date.now() + RECOVERY_MS;
    const pending = new Set(accepted);
    while (pending.size > 0 && Date.now() < deadline) {
      for (const orderId of pending) {
        const { status } = await get(`/orders/${orderId}`);
        if (status === "CONFIRMED") pending.delete(orderId);
      }
      await wait(200);
    }

    expect(accepted.size).toBe(asked.length);
    expect([...pending]).toEqual([]);
    expect(await get("/stock/tea")).toMatchObject({
      onHand: 1000,
      held: accepted.size,
      available: 1000 - accepted.size,
    });
    const mails = (await (await fetch(`${url}/_emulator/mailbox`)).json()) as { readonly subject: string }[];
    const subjects = mails.map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});
