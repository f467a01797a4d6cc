import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
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
