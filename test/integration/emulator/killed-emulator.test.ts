import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runningEmulator } from "../../../lib/emulator/running-emulators.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { isAlive, payloadOf } from "./probe-host.ts";

test.skipIf(process.platform === "win32")(
  "the instances of a killed emulator end, idle or busy",
  async () => {
    const script = fileURLToPath(new URL("./killed-emulator.ts", import.meta.url));
    const emulator = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface(emulator.stdout), "line");
    const pids = (JSON.parse(String(line)) as InvokeResult[]).map((each) => Number(payloadOf(each)["pid"]));
    expect(new Set(pids).size).toBe(2);
    expect(pids.map(isAlive)).toEqual([true, true]);

    emulator.kill("SIGKILL");

    await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
  },
);

test.skipIf(process.platform === "win32")(
  "the emulator of npm start ends after a SIGTERM to npm",
  async () => {
    const record = join(temporaryFolder(), "emulator.json");
    const npm = spawn("npm", ["start", "--", "--port", "0", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ORDER_EVENTS_EMULATOR_FILE: record },
    });
    npm.stdout.resume();
    await expect.poll(() => runningEmulator(record), { timeout: 90_000 }).toBeDefined();

    npm.kill("SIGTERM");

    // The emulator removes its URL when it stops in order.
    await expect.poll(() => runningEmulator(record)).toBeUndefined();
  },
);
